"""A lab in a real browser: predict, compute in a process of its own, see the result; the wiring follows its sliders."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import open_page, wait_until_idle

expect.set_options(timeout=30_000)
LONGEST = 120_000
"""Milliseconds for a process that loads torch on a busy machine."""


def test_the_three_forms_are_drawn_compared_and_shown_to_be_one_function(page: Page) -> None:
    open_page(page, "/labs?lab=cardinality&paths=4&outside=64")
    for form in ("split_transform_merge", "early_concatenation", "grouped_convolution"):
        expect(page.locator(f".st-key-cardinality-{form} svg[viewBox]")).to_be_visible()
    page.locator(".st-key-cardinality-compare button").click()
    expect(page.get_by_text("Computed. Answer the question above")).to_be_visible(timeout=LONGEST)
    expect(page.locator(".st-key-cardinality-csv button")).to_have_count(0)
    page.locator(".st-key-predict-forms label").filter(has_text="By rounding").click()
    page.locator(".st-key-predict-forms-commit button").click()
    expect(page.locator(".st-key-cardinality-csv button")).to_be_visible()
    expect(page.get_by_text("Your answer: By rounding")).to_be_visible()


@pytest.mark.parametrize("color_scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("width", [1400, 800])
def test_the_wiring_follows_its_sliders_and_fits_the_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_page(page, "/labs?lab=cardinality&part=wiring&inputs=4&outputs=4")
    dense = page.locator(".st-key-wiring-dense")
    expect(dense.locator("img")).to_be_visible()
    expect(dense).not_to_contain_text("parameters")
    page.locator(".st-key-predict-wiring-skip button").click()
    expect(dense).to_contain_text("144 parameters")
    page.locator(".st-key-labs-cardinality-kernel input[type=range]").focus()
    page.keyboard.press("ArrowLeft")
    wait_until_idle(page)
    expect(dense).to_contain_text("16 parameters")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
