"""What every browser test needs of a page: wait until it is idle, and check that it shows no exception."""

from playwright.sync_api import Locator, Page, expect

AT_REST = 250
"""Milliseconds without a rerun after which a page counts as idle."""

IDLE = f"""() => {{
    const app = document.querySelector('[data-testid=stApp]');
    const now = performance.now();
    if (app?.dataset.testScriptState !== 'notRunning') {{ window.idleSince = undefined; return false; }}
    window.idleSince ??= now;
    return now - window.idleSince >= {AT_REST};
}}"""


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
