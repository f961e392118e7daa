"""What every browser test needs of a page: wait until it is idle, measure it, check that it shows no exception."""

import re
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from explorer.ui.build.view_options import VIEW_GROUPS

AT_REST = 250
"""Milliseconds without a rerun after which a page counts as idle."""

IDLE = f"""() => {{
    const app = document.querySelector('[data-testid=stApp]');
    const now = performance.now();
    if (app?.dataset.testScriptState !== 'notRunning') {{ window.idleSince = undefined; return false; }}
    window.idleSince ??= now;
    return now - window.idleSince >= {AT_REST};
}}"""

PLACES = f"""async (elements) => {{
    const measure = () => elements.map((element) => {{
        const {{x, y, width, height}} = element.getBoundingClientRect();
        return [x, y, width, height];
    }});
    let places = measure();
    let since = performance.now();
    while (performance.now() - since < {AT_REST}) {{
        await new Promise(requestAnimationFrame);
        const now = measure();
        if (String(now) !== String(places)) {{ places = now; since = performance.now(); }}
    }}
    return elements.every((element) => element.isConnected) ? places : null;
}}"""
"""The places of some elements once none of them has moved for AT_REST; null where one was replaced meanwhile."""


class Box(NamedTuple):
    """The place of an element in the window, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


def new_visitor(browser: Browser, url: str, **options: Any) -> BrowserContext:
    """A browser without cookies for the server at `url`, of a visitor who wants no motion.

    While a page loads, Streamlit's grey bars shimmer; to draw them without a GPU takes as long as all the rest.
    """
    return browser.new_context(base_url=url, reduced_motion="reduce", **options)


def boxes(*parts: Locator) -> list[Box]:
    """The places of the parts, all measured at the same moment, once none of them moves any more."""
    while True:
        places = parts[0].page.evaluate(PLACES, [part.element_handle() for part in parts])
        if places is not None:
            return [Box(*place) for place in places]


def wait_until_idle(page: Page, timeout: float = 60_000) -> None:
    """Wait until no script has run for a moment, and check that the page shows no exception.

    A rerun starts a little after the click that caused it, so the page must stay idle for AT_REST. `timeout` is in
    milliseconds.
    """
    page.evaluate("() => { window.idleSince = undefined; }")
    page.wait_for_function(IDLE, timeout=timeout, polling=50)
    assert_no_exception(page)


def wait_until_painted(page: Page) -> None:
    """Wait until nothing fades in or moves any more: an element that fades in has too little contrast for a moment."""
    page.wait_for_function("() => document.getAnimations().every((each) => !(each instanceof CSSTransition))")


def assert_no_exception(page: Page) -> None:
    """Fail with the exceptions' text where the page shows any."""
    shown = page.locator("[data-testid=stException]").all_inner_texts()
    assert shown == [], f"{page.url} shows: {shown}"


def open_page(page: Page, url: str) -> None:
    """Go to an address of the app and wait for its first complete painting."""
    page.goto(url)
    expect(page.locator("[data-testid=stApp]")).to_be_visible(timeout=60_000)
    wait_until_idle(page)


def parameters(page: Page) -> Locator:
    """Build's exact number of parameters."""
    return page.locator(".st-key-totals .numbers > div").filter(has_text="Parameters").locator(".exact")


def open_view(page: Page, name: str) -> None:
    """Opens one of Build's views below the picture, by its group."""
    group = next(group for group, views in VIEW_GROUPS.items() if name in views)
    page.locator(".st-key-views").get_by_role("radio", name=group, exact=True).click()
    view = page.locator(".st-key-tables").get_by_role("radio", name=name, exact=True)
    expect(view).to_be_visible()
    view.click()
    wait_until_idle(page)


def press_run(page: Page) -> None:
    """Starts a lab's computation; does nothing where an earlier try of the same test has left its answer."""
    run = page.get_by_role("button", name=re.compile("^Run, "))
    expect(run.or_(page.get_by_text("Computed here in"))).to_be_visible(timeout=60_000)
    if run.count():
        run.click()
