"""The lab of starts in a real browser, on its smallest networks: predict, compute, read the outcome."""

import re

from playwright.sync_api import Page, expect

from tests.browser.support import open_page, press_run

expect.set_options(timeout=30_000)
LONGEST = 120_000
"""Milliseconds for a process that loads torch on a busy machine."""


def test_four_starts_are_trained_and_judged_after_a_prediction(page: Page) -> None:
    open_page(page, "/labs?lab=starts&part=grid&depth=8&steps=50&seeds=1")
    press_run(page)
    expect(page.get_by_text("Computed here in")).to_be_visible(timeout=LONGEST)
    expect(page.get_by_text("Answer the question above")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.locator(".st-key-predict-starts label").filter(has_text="From the identity only").click()
    page.locator(".st-key-predict-starts-commit button").click()
    expect(page.get_by_text(re.compile("As measured here"))).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
