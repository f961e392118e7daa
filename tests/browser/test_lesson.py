"""The first lesson in a browser: from a guess on the start page to the chain, by mouse, keyboard and history."""

import re

from playwright.sync_api import Page, expect

from explorer.ui.labs.degradation_question import SWEEP_QUESTION
from explorer.ui.lesson.page import NEXT, STEPS, TITLE
from tests.browser.support import open_page, wait_until_idle


def heading(page: Page, step: str):
    return page.get_by_role("heading", name=STEPS[step].title, exact=True)


def test_a_guess_leads_into_the_lesson_and_its_chain_can_be_moved(page: Page) -> None:
    open_page(page, "/start")
    page.get_by_role("button", name=SWEEP_QUESTION.options[1]).click()
    expect(page.get_by_role("heading", name=TITLE, exact=True)).to_be_visible()
    expect(page.get_by_text(f"Your answer: {SWEEP_QUESTION.options[1]}")).to_be_visible()
    expect(page.get_by_text("Stored with the app:")).to_be_visible()
    for name in ("sum", "chain"):
        page.get_by_role("button", name=NEXT, exact=True).click()
        expect(heading(page, name)).to_be_visible()
    page.get_by_text("About a millionth.", exact=True).click()
    page.get_by_role("button", name="Submit my answer").click()
    weight = page.get_by_role("slider", name="Weight w")
    weight.press("ArrowLeft")
    expect(page).to_have_url(re.compile("weight=0.45"))
    expect(page.get_by_text("Backwards, block 1 of 20:")).to_be_visible()
    page.get_by_role("button", name="From the start").click()
    step = page.get_by_role("button", name="Step", exact=True)
    expect(step).to_be_enabled()
    step.press("Enter")
    expect(page.get_by_text("Forwards, block 1 of 20:")).to_be_visible()
    page.get_by_role("link", name="identity", exact=True).press("Enter")
    expect(page.get_by_role("note")).to_contain_text("returns its input unchanged")
    page.keyboard.press("Escape")
    expect(page.get_by_role("note")).to_be_hidden()
    wait_until_idle(page)
    page.go_back()
    expect(heading(page, "sum")).to_be_visible()
    page.go_forward()
    expect(heading(page, "chain")).to_be_visible()
    expect(weight).to_have_attribute("aria-valuetext", "0.45")
