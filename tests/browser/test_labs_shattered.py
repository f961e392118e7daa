"""The lab on shattered gradients in a real browser with a real computation of the smallest networks."""

import re

from playwright.sync_api import Page, expect

from tests.browser.support import open_page, press_run

LONG = 120_000
"""Milliseconds that a second's computation may take on a busy machine."""


def test_predict_run_and_see_the_gradients(page: Page) -> None:
    open_page(page, "/labs?lab=shattered&part=gradients&depths=1,2&seeds=1&points=32")
    page.get_by_text("Half alike: their cosine is between 0.2 and 0.8.").click()
    page.locator(".st-key-predict-shattered-commit button").click()
    expect(page.get_by_text("Your answer: Half alike")).to_be_visible(timeout=30_000)
    press_run(page)
    expect(page.get_by_text("Computed here in")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(re.compile("Cosine of neighbouring gradients at 8 layers"))).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)


def test_predict_run_and_see_how_alike_two_inputs_stay(page: Page) -> None:
    open_page(page, "/labs?lab=shattered&part=inputs&depth=14&seeds=1")
    page.get_by_text("all inputs look the same").click()
    page.locator(".st-key-predict-two-inputs-commit button").click()
    expect(page.get_by_text("Your answer: Both pairs")).to_be_visible(timeout=30_000)
    press_run(page)
    expect(page.get_by_text("Computed here in")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(re.compile("Of the difference after the first block"))).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
