"""The table of explanations in a real browser: behind the prediction, each cell a link to the lab that measures it."""

from playwright.sync_api import Page, expect

from tests.browser.support import open_page


def test_the_table_opens_after_the_prediction_and_its_cells_lead_to_labs(page: Page) -> None:
    open_page(page, "/labs?lab=survives")
    expect(page.locator(".explanations")).to_have_count(0)
    page.get_by_text("Vanishing gradients", exact=True).click()
    page.locator(".st-key-predict-survives-commit button").click()
    expect(page.get_by_text("Your answer: Vanishing gradients")).to_be_visible()
    row = page.locator(".explanations tr").filter(has_text="Vanishing gradients")
    expect(row.get_by_role("link", name="Gradients with a norm: against")).to_have_attribute(
        "href", "/labs?lab=signal&part=blocks"
    )
    with page.context.expect_page() as opened:
        row.get_by_role("link", name="Gradients with a norm: against").first.click()
    expect(opened.value.get_by_text("Block by block").first).to_be_visible()
    opened.value.close()
