"""Every page in both themes: drawn with a clean console, and without a violation of WCAG that axe-core finds.

docs/accessibility.md states what is checked here.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.checked_pages import ADDRESSES
from tests.browser.server import RunningApp
from tests.browser.support import open_page, wait_until_idle, wait_until_painted

SERIOUS = {"serious", "critical"}
FORMULAS_CAN_BE_SCROLLED = """() => document.fonts.status === 'loaded' && document.querySelector('.st-key-formulas')
    && [...document.querySelectorAll('.katex-display')].every((e) => e.scrollWidth <= e.clientWidth || e.tabIndex === 0)
"""
RULES = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}},
}
"""axe's options by theme."""


def violations(page: Page, theme: str = "light") -> list[str]:
    """What axe finds, a line for each element: the rule, the element, what is missing."""
    return [
        f"{found['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for found in Axe().run(page, options=RULES[theme]).response["violations"]
        for node in found["nodes"]
        if found["impact"] in SERIOUS or any(tag.startswith("wcag") for tag in found["tags"])
    ]


@pytest.mark.parametrize("color_scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("address", [address for addresses in ADDRESSES.values() for address in addresses])
def test_every_page_is_drawn_with_a_clean_console_and_without_a_violation(
    page: Page, console: list[str], app: RunningApp, address: str, color_scheme: str
) -> None:
    page.goto(address)
    # Figures asks torchvision, which is loaded in a process of its own.
    wait_until_idle(page, timeout=180_000)
    expect(page.locator("[data-testid=stMain] h2").first).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is (color_scheme == "dark")
    page.wait_for_function(FORMULAS_CAN_BE_SCROLLED)
    # Its name comes with its script.
    expect(page.get_by_role("button", name="Presentation")).to_be_visible(timeout=60_000)
    wait_until_painted(page)
    assert violations(page, color_scheme) == []
    assert "Traceback" not in app.log()
    assert "is not a valid config option" not in app.log()
    assert console == []


def test_words_too_pale_are_found(page: Page) -> None:
    open_page(page, "/runs")
    page.locator("[data-testid=stMain] h2").first.evaluate("(title) => { title.style.color = '#ddd'; }")
    assert [line.split(":")[0] for line in violations(page, "dark")] == ["color-contrast"]


def test_an_image_without_a_text_is_found(page: Page) -> None:
    open_page(page, "/runs")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">')"
    )
    assert [line.split(":")[0] for line in violations(page)] == ["image-alt"]
