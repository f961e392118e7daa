"""Lab 1, weight decay, in a real browser with real trainings."""

import re

from playwright.sync_api import Page, expect

from tests.browser.support import open_page, press_run

LONG = 180_000
"""Milliseconds that two short trainings may take on a busy machine."""


def test_two_trainings_and_what_they_did_to_the_branches(page: Page) -> None:
    open_page(page, "/labs?lab=degradation&part=decay&depth=8&seeds=1&decays=0,0.1")
    press_run(page)
    expect(page.get_by_text("Computed here in")).to_be_visible(timeout=LONG)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.get_by_text("It becomes clearly smaller.").click()
    page.locator(".st-key-predict-decay-commit button").click()
    expect(page.get_by_text(re.compile("^Last block: .*1 of 1 pair of equal seeds"))).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
