"""Every page paints in the real app, light and dark, with nothing fetched from outside (see the fixture `page`)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import ROOT, RunningApp
from tests.browser.support import open_page

FRAME = (ROOT / "explorer" / "ui" / "app_frame.py").read_text()
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


def address(name: str) -> str:
    """A page's path: its file's name, or the root for the default page."""
    (registered,) = re.findall(rf'st\.Page\(PAGES / "{name}\.py"[^\n]*', FRAME)
    return "/" if "default=True" in registered else f"/{name}"


@pytest.mark.parametrize("color_scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_drawn(page: Page, app: RunningApp, name: str, color_scheme: str):
    open_page(page, address(name))
    expect(page.locator("[data-testid=stMain] h1, [data-testid=stMain] h2").first).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is (color_scheme == "dark")
    assert "Traceback" not in app.log()
    assert "is not a valid config option" not in app.log()
