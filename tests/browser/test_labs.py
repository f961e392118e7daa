"""A lab in a real browser with a real computation: predict, run, see the result, open it again by its URL."""

import re

from playwright.sync_api import Page, expect

from tests.browser.support import open_page, press_run, wait_until_idle

LONG = 120_000
"""Milliseconds that a second's computation may take on a busy machine."""

expect.set_options(timeout=30_000)


def test_predict_compute_reveal_and_find_again(page: Page) -> None:
    """The cheapest experiment: blocks whose branches start at zero copy what they get."""
    open_page(page, "/labs?lab=degradation&part=copy&layers=8")
    expect(page.locator(".katex-display").first).to_be_visible()
    press_run(page)
    expect(page.get_by_text("Computed here in")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Answer the question above")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.get_by_text("x itself").click()
    page.locator(".st-key-predict-copy-commit button").click()
    expect(page.get_by_text("Your answer: x itself")).to_be_visible()
    expect(page.get_by_text("3 of 3 blocks add exactly nothing.").first).to_be_visible()
    expect(page.get_by_text("0 of 3 blocks add exactly nothing.")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    score = page.locator(".st-key-predictions")
    expect(score.get_by_text("Your predictions: 1 of 1 right")).to_be_visible()
    # What was seen: a wrong answer gets its sentence, and the sheet has both answers.
    page.locator(".st-key-predict-copy-seen label").filter(has_text="Some of them").click()
    page.locator(".st-key-predict-copy-seen-commit button").click()
    expect(page.get_by_text("All blocks start in the same way.")).to_be_visible()
    score.get_by_role("button").first.click()
    expect(page.get_by_text("Was to be seen")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Print").click()
    sheet = download.value.path().read_text()
    for said in ("3 residual blocks", "x itself (right)", "Some of them", "0 of 3 blocks add exactly nothing"):
        assert said in sheet
    page.keyboard.press("Escape")
    # The same browser finds its answers again, and so the result.
    open_page(page, page.url)
    expect(page.get_by_text("3 of 3 blocks add exactly nothing.").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Run"))).to_have_count(0)


def test_another_lab_has_its_own_address_and_going_back_returns(page: Page) -> None:
    open_page(page, "/labs?lab=signal&part=factor&depth=20")
    expect(page.locator(".katex-display").first).to_be_visible()
    page.get_by_text("4 Activation order", exact=True).first.click()
    expect(page).to_have_url(re.compile("lab=order"))
    wait_until_idle(page)
    page.get_by_text("2 Signal and gradient", exact=True).first.click()
    expect(page).to_have_url(re.compile("lab=signal&part=factor&depth=20"))


def test_the_shortcut_options_say_why_a_stage_begins_and_where_the_zeros_stand(page: Page) -> None:
    open_page(page, "/labs?lab=shortcuts&part=options")
    expect(page.get_by_text("The paper does not say where the zeros stand.")).to_be_visible()
    expect(page.get_by_text("plain-34 at 224 pixels")).to_be_visible()
    open_page(page, "/figures?table=he2015-sections_3.3_and_4.1")
    expect(page.get_by_text("15.347 G in its convolutions")).to_be_visible()
