"""Every page paints in the real app, light and dark, with nothing fetched from outside (see the fixture `page`)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import ROOT, RunningApp
from tests.browser.support import open_page, wait_until_painted

FRAME = (ROOT / "explorer" / "ui" / "app_frame.py").read_text()
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


def address(name: str) -> str:
    """A page's path: its file's name, or the root for the default page."""
    (registered,) = re.findall(rf'st\.Page\(PAGES / "{name}\.py"[^\n]*', FRAME)
    return "/" if "default=True" in registered else f"/{name}"


QUERIES = {
    "build": "?preset=resnet18&tab=Layers&colour=params",
    "compare": "?net=resnet18&net=resnet34&show=stages",
    "train": "?net=cifar_resnet20&steps=60",
    "runs": "?state=finished",
    "labs": "?lab=signal&part=factor",
    "figures": "?table=he2015-1",
    "class": "?join=CFH347",
}
"""A deep link into each page that has one."""


@pytest.mark.parametrize("color_scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_and_a_deep_link_are_drawn_with_a_clean_console(
    page: Page, console: list[str], app: RunningApp, name: str, color_scheme: str
):
    """The deep links are opened in the dark theme."""
    open_page(page, address(name) + (QUERIES.get(name, "") if color_scheme == "dark" else ""))
    expect(page.locator("[data-testid=stMain] h1, [data-testid=stMain] h2").first).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is (color_scheme == "dark")
    assert "Traceback" not in app.log()
    assert "is not a valid config option" not in app.log()
    wait_until_painted(page)
    assert console == []
