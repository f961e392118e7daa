"""Fixtures of the end-to-end tests: the running app, a browser, and a page that leaves a picture when it fails."""

import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import chromium
from tests.browser.server import RunningApp, running_app

FAILURES = Path(__file__).parent / "failures"
RESULT = pytest.StashKey[pytest.TestReport]()
LOCAL_HOSTS = {"localhost", "127.0.0.1", ""}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if reason := chromium.missing():
        # In CI nobody reads the list of skipped tests.
        refuse = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        refuse(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[RESULT] = report
    return report


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real app, one server for each file of tests."""
    with running_app(tmp_path_factory.mktemp("app")) as running:
        yield running


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(params=["light"])
def color_scheme(request: pytest.FixtureRequest) -> str:
    """The visitor's theme; `@pytest.mark.parametrize("color_scheme", ["light", "dark"], indirect=True)` for both."""
    return request.param


@pytest.fixture
def page(browser, app: RunningApp, color_scheme: str, request: pytest.FixtureRequest):
    """A new visitor's tab. Fails on an exception in page or script, and on any request that leaves this machine."""
    from tests.browser.support import assert_no_exception

    context = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme=color_scheme, base_url=app.url)
    tab = context.new_page()
    tab.set_default_timeout(30_000)
    script_errors: list[str] = []
    hosts: set[str] = set()
    tab.on("pageerror", lambda error: script_errors.append(str(error)))
    tab.on("request", lambda sent: hosts.add(urlsplit(sent.url).hostname or ""))
    yield tab
    result = request.node.stash.get(RESULT, None)
    passed = result is not None and result.passed
    try:
        if passed:
            assert_no_exception(tab)
            assert script_errors == []
            assert hosts <= LOCAL_HOSTS, f"The page asked {hosts - LOCAL_HOSTS} for something."
    except AssertionError:
        passed = False
        raise
    finally:
        if not passed:
            FAILURES.mkdir(exist_ok=True)
            picture = FAILURES / (re.sub(r"[^\w.-]+", "-", request.node.name) + ".png")
            tab.screenshot(path=picture, full_page=True)
            print(f"\n{tab.url}\npicture: {picture}\nserver log:\n{app.log()[-4000:]}")
        context.close()
