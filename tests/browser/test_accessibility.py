"""axe-core checks every page in both themes: no serious or critical violation. Themes differ in their colours alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.support import open_page, wait_until_idle, wait_until_painted

SERIOUS = {"serious", "critical"}
FORMULAS_CAN_BE_SCROLLED = """() => document.fonts.status === 'loaded' && document.querySelector('.st-key-formulas')
    && [...document.querySelectorAll('.katex-display')].every((e) => e.scrollWidth <= e.clientWidth || e.tabIndex === 0)
"""
ADDRESSES = (
    "/start",
    "/lesson?step=sum",
    "/?stage_blocks=2-3-4-2",
    "/compare?net=resnet50&net=plain50",
    "/compare?show=field&x=params&y=imagenet-10-crop",
    "/compare?show=solver",
    "/train",
    "/runs",
    "/labs?lab=signal",
    "/labs?lab=shortcuts",
    "/figures",
    "/class",
)


RULES = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}},
}
"""axe's options by theme."""


def serious_violations(page: Page, theme: str = "light") -> list[str]:
    """What axe finds, a line for each element: the rule, the element, what is missing."""
    return [
        f"{found['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for found in Axe().run(page, options=RULES[theme]).response["violations"]
        for node in found["nodes"]
        if found["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("color_scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_has_a_serious_accessibility_violation(page: Page, address: str, color_scheme: str) -> None:
    page.goto(address)
    # Figures asks torchvision, which is loaded in a process of its own.
    wait_until_idle(page, timeout=180_000)
    expect(page.locator("[data-testid=stMain] h2").first).to_be_visible()
    page.wait_for_function(FORMULAS_CAN_BE_SCROLLED)
    wait_until_painted(page)
    assert serious_violations(page, color_scheme) == []


def test_words_too_pale_are_found(page: Page) -> None:
    open_page(page, "/runs")
    page.locator("[data-testid=stMain] h2").first.evaluate("(title) => { title.style.color = '#ddd'; }")
    assert [line.split(":")[0] for line in serious_violations(page, "dark")] == ["color-contrast"]


def test_an_image_without_a_text_is_found(page: Page) -> None:
    open_page(page, "/runs")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">')"
    )
    assert [line.split(":")[0] for line in serious_violations(page)] == ["image-alt"]
