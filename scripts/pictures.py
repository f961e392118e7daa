"""Makes the README's pictures from the running app: `python -m scripts.pictures`.

Starts the app as a user does, on an empty data folder, and keeps what a visitor sees in `docs/pictures`.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.server import running_app
from tests.browser.support import open_page, wait_until_idle

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SETTLES = 1_500
"""Milliseconds that a drawing or chart takes to settle."""
COMPARISON_ENDS_WITHIN = 240_000
"""Milliseconds for the default comparison, also on a busy machine."""


@dataclass(frozen=True)
class Picture:
    """One page at one address."""

    name: str
    address: str
    theme: Literal["light", "dark"] = "light"
    height: int = 900
    comparison: bool = False
    """Whether the default comparison is run first."""


PICTURES = (
    Picture("start", "/start"),
    Picture("lesson", "/lesson?step=sum"),
    Picture("build", "/?preset=resnet50"),
    Picture("build-dark", "/?preset=cifar_resnet56", "dark"),
    Picture("compare", "/compare?net=resnet50&net=resnext50_32x4d", height=1200),
    Picture("train", "/train", comparison=True),
    Picture("labs", "/labs?lab=order"),
    Picture("figures", "/figures?table=he2015-6"),
)


def take(browser: Browser, url: str, picture: Picture) -> None:
    """Open the page, let it settle, keep it."""
    context = browser.new_context(viewport={"width": 1400, "height": picture.height}, color_scheme=picture.theme)
    page = context.new_page()
    open_page(page, url + picture.address)
    if picture.comparison:
        _run_comparison(page)
    page.wait_for_timeout(SETTLES)
    wait_until_idle(page)
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()


def _run_comparison(page: Page) -> None:
    page.get_by_role("button", name="Start training").click()
    finished = page.locator(".st-key-standings").get_by_text("finished: 200 of 200 steps")
    expect(finished).to_have_count(4, timeout=COMPARISON_ENDS_WITHIN)
    page.get_by_role("button", name="Show without answering").click()
    wait_until_idle(page)
    # Off the button, whose explanation would stand over the page.
    page.mouse.move(700, 60)


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.ARGUMENTS))
        for picture in PICTURES:
            take(browser, app.url, picture)
        browser.close()


if __name__ == "__main__":
    main()
