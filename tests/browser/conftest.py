"""Fixtures of the end-to-end tests: the running app, a browser, and a page that leaves a picture when it fails."""

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from explorer.ui.start.arrival import COOKIE, SEEN
from tests.browser import chromium
from tests.browser.server import RunningApp, running_app

if TYPE_CHECKING:  # Where there is no Playwright, the tests are skipped.
    from playwright.sync_api import ConsoleMessage, Page, Request

FAILURES = Path(__file__).parent / "failures"
RESULT = pytest.StashKey[pytest.TestReport]()
LOCAL_HOSTS = {"localhost", "127.0.0.1", ""}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            # Tried once more in a new visit, and listed as `RERUN` at the end: what fails twice is no chance.
            item.add_marker(pytest.mark.flaky(reruns=1))


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


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real app, one server for all tests; a file whose tests need another one overrides this fixture."""
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


@pytest.fixture(scope="session")
def tabs(browser) -> "Callable[[str], Page]":
    """The tab for a server, which the tests use one after the other: a new one would compile all programs again.

    A tab that was closed, as after a failure, is replaced.
    """
    from tests.browser.support import new_visitor

    opened: dict[str, Page] = {}

    def tab_for(url: str) -> "Page":
        if url not in opened or opened[url].is_closed():
            opened[url] = new_visitor(browser, url).new_page()
        return opened[url]

    return tab_for


PROBED = re.compile(r"/_stcore/(health|host-config)$")
"""Streamlit looks for its server below each part of a page's path; those requests fail before one succeeds."""


@pytest.fixture
def console(page: "Page") -> Iterator[list[str]]:
    """The errors and warnings of the browser's console during a test, without those of Streamlit's search."""
    found: list[str] = []

    def note(message: "ConsoleMessage") -> None:
        if message.type in ("error", "warning") and not PROBED.search(message.location.get("url", "")):
            found.append(f"{message.type}: {message.text} ({page.url})")

    page.on("console", note)
    yield found
    page.remove_listener("console", note)


def forget(tab: "Page", origin: str) -> None:
    """Leave the page, and everything with it that a browser keeps for it: storage, cookies, where the pointer is."""
    tab.evaluate("try { sessionStorage.clear(); } catch { /* No page of the app was open. */ }")
    tab.goto("about:blank")
    tab.mouse.move(0, 0)
    session = tab.context.new_cdp_session(tab)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    session.detach()
    tab.context.clear_cookies()


@pytest.fixture
def page(tabs: "Callable[[str], Page]", app: RunningApp, color_scheme: str, request: pytest.FixtureRequest):
    """A new visitor's tab, for whom the bare address opens Build, as from the second visit on.

    Fails on an exception in page or script, and on any request that leaves this machine.
    """
    from tests.browser.support import assert_no_exception

    script_errors: list[str] = []
    hosts: set[str] = set()

    def note_error(error: object) -> None:
        script_errors.append(str(error))

    def note_host(sent: "Request") -> None:
        hosts.add(urlsplit(sent.url).hostname or "")

    tab = tabs(app.url)
    # The tab is that of the tests before; its visitor, language and class are not.
    tab.context.clear_cookies()
    tab.context.add_cookies([{"name": COOKIE, "value": SEEN, "url": app.url}])
    tab.set_viewport_size({"width": 1440, "height": 1000})
    tab.emulate_media(color_scheme=color_scheme)
    tab.set_default_timeout(30_000)
    tab.on("pageerror", note_error)
    tab.on("request", note_host)
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
        tab.remove_listener("pageerror", note_error)
        tab.remove_listener("request", note_host)
        if not passed:
            FAILURES.mkdir(exist_ok=True)
            picture = FAILURES / (re.sub(r"[^\w.-]+", "-", request.node.name) + ".png")
            tab.screenshot(path=picture, full_page=True)
            print(f"\n{tab.url}\npicture: {picture}\nerrors of scripts: {script_errors}")
            print(f"server log:\n{app.log()[-4000:]}")
            tab.context.close()
        else:
            forget(tab, app.url)
