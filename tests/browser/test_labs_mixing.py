"""Several streams in a real browser: arithmetic at once, after the prediction."""

from playwright.sync_api import Page, expect

from tests.browser.support import open_page

expect.set_options(timeout=30_000)


def test_the_product_of_mixing_matrices_is_drawn_after_the_prediction(page: Page) -> None:
    open_page(page, "/labs?lab=signal&part=mixing")
    expect(page.locator(".katex-display").first).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.get_by_text("1: the product is doubly stochastic as well.").click()
    page.locator(".st-key-predict-mixing-commit button").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    expect(page.get_by_text("Agrees with the paper? Yes")).to_be_visible()
