"""The refinement lab in a real browser with a real computation: predict, run, read the table of stages."""

from playwright.sync_api import Page, expect

from tests.browser.support import open_page, press_run

LONG = 120_000
"""Milliseconds that seconds of computation may take on a busy machine."""

expect.set_options(timeout=30_000)


def test_the_heads_are_hidden_until_the_prediction_and_then_summed_up(page: Page) -> None:
    open_page(page, "/labs?lab=refinement&depth=14&weights=0&seeds=1")
    press_run(page)
    expect(page.get_by_text("Computed here in")).to_be_visible(timeout=LONG)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.get_by_text("At the first block of a stage; the others add less.").click()
    page.locator(".st-key-predict-refinement-commit button").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    expect(page.get_by_text("Agrees with the paper?")).to_be_visible()
