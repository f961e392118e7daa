"""axe-core looks at every page, light and dark: nothing serious or critical on what is ours, or on anything else."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.support import open_page, wait_until_idle

GRAVE = {"serious", "critical"}
FORMULAS_LOOKED_AT = """() => document.fonts.status === 'loaded' && document.querySelector('.st-key-formulas')
    && [...document.querySelectorAll('.katex-display')].every((e) => e.scrollWidth <= e.clientWidth || e.tabIndex === 0)
"""
ADDRESSES = (
    "/?stage_blocks=2-3-4-2",
    "/compare?net=resnet50&net=plain50",
    "/compare?show=field&x=params&y=imagenet-10-crop",
    "/compare?show=solver",
    "/train",
    "/runs",
    "/labs?lab=signal",
    "/labs?lab=shortcuts",
    "/figures",
)


def grave(page: Page) -> list[str]:
    """What axe finds, a line for each element: the rule, the element, what is missing."""
    return [
        f"{found['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for found in Axe().run(page).response["violations"]
        for node in found["nodes"]
        if found["impact"] in GRAVE
    ]


@pytest.mark.parametrize("color_scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_has_a_grave_obstacle(page: Page, address: str) -> None:
    page.goto(address)
    # Figures asks torchvision, which takes a process of its own to load.
    wait_until_idle(page, timeout=180_000)
    expect(page.locator("[data-testid=stMain] h2").first).to_be_visible()
    page.wait_for_function(FORMULAS_LOOKED_AT)
    assert grave(page) == []


def test_what_is_wrong_would_be_seen(page: Page) -> None:
    open_page(page, "/runs")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">')"
    )
    assert [line.split(":")[0] for line in grave(page)] == ["image-alt"]
