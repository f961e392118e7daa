"""The folding lab in a real browser with a real computation."""

from playwright.sync_api import Page, expect

from tests.browser.support import open_page, press_run

LONG = 120_000
"""Milliseconds that seconds of computation may take on a busy machine."""

expect.set_options(timeout=30_000)


def test_a_network_is_folded_and_its_logits_stay(page: Page) -> None:
    open_page(page, "/labs?lab=fold&depth=8&steps=50&seeds=1")
    press_run(page)
    expect(page.get_by_text("Computed here in")).to_be_visible(timeout=LONG)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.get_by_text("Yes: the outputs differ by rounding alone.").click()
    page.locator(".st-key-predict-fold-commit button").click()
    expect(page.get_by_text("Agrees with the paper? Yes")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
