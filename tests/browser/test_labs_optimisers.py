"""Another optimiser in a real browser: the lab's part on its smallest networks."""

import re

from playwright.sync_api import Page, expect

from tests.browser.support import open_page, press_run

expect.set_options(timeout=30_000)
LONGEST = 120_000
"""Milliseconds for a process that loads torch on a busy machine."""


def test_two_optimisers_are_compared_after_a_prediction(page: Page) -> None:
    open_page(page, "/labs?lab=degradation&part=optimiser&deep=8&length=50&repeats=1&optimisers=sgd,muon")
    press_run(page)
    expect(page.get_by_text("Computed here in")).to_be_visible(timeout=LONGEST)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.locator(".st-key-predict-optimiser label").filter(has_text="With none of the three").click()
    page.locator(".st-key-predict-optimiser-commit button").click()
    expect(page.get_by_text(re.compile("As measured here"))).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
