"""The first visit: the start page before anything else, its moving picture, and a door to a growing curve."""

import re

from playwright.sync_api import Page, expect

from explorer.ui.start import arrival, training_door
from explorer.ui.start import page as start
from tests.browser.comparisons import LONG, standings
from tests.browser.support import open_page, parameters, wait_until_idle

NOTE_BUILD = """new MutationObserver(() => {
    window.sawBuild ||= Boolean(document.querySelector('.st-key-totals'));
}).observe(document, { childList: true, subtree: true })"""


def running_animations(page: Page) -> int:
    """How many parts of the picture move; its shadow root hides them from the document's own list."""
    return page.locator(".residual").evaluate(
        "(e) => e.getAnimations({ subtree: true }).filter((each) => each.playState === 'running').length"
    )


def test_the_first_visit_shows_the_start_page_and_the_second_one_build(page: Page) -> None:
    page.context.clear_cookies()
    with page.add_init_script(NOTE_BUILD):
        open_page(page, "/")
        expect(page).to_have_url(re.compile("/start$"))
        expect(page.get_by_role("heading", name=start.TITLE)).to_be_visible()
    assert not page.evaluate("window.sawBuild"), "Build was not drawn first"
    page.wait_for_function("(name) => document.cookie.includes(name)", arg=arrival.COOKIE)
    open_page(page, "/")
    expect(parameters(page)).to_have_text("25,557,032")
    page.get_by_role("link", name="Start", exact=True).click()
    expect(page.get_by_role("heading", name=start.TITLE)).to_be_visible()
    page.get_by_role("link", name="Build", exact=True).click()
    expect(parameters(page)).to_have_text("25,557,032")


def test_the_picture_moves_until_it_is_paused_and_never_for_those_who_want_no_motion(page: Page) -> None:
    page.emulate_media(reduced_motion="no-preference")
    open_page(page, "/start")
    assert running_animations(page) > 4
    page.get_by_role("button", name=start.PAUSE).press("Enter")
    expect(page.get_by_role("button", name=start.PLAY)).to_be_visible()
    assert running_animations(page) == 0
    page.get_by_role("button", name=start.PLAY).press("Enter")
    assert running_animations(page) > 4
    page.emulate_media(reduced_motion="reduce")
    expect(page.get_by_role("button", name=start.PAUSE)).to_have_count(0)
    assert running_animations(page) == 0
    sides = page.locator(".residual .map, .residual .on-shortcut")
    assert sides.evaluate_all("(all) => all.map((e) => getComputedStyle(e).opacity)") == ["1"] * 4


def test_one_click_on_train_starts_the_comparison(page: Page) -> None:
    open_page(page, "/start")
    page.get_by_role("button", name=training_door.START_TRAINING).click()
    expect(page).to_have_url(re.compile("/train.*race="))
    expect(standings(page).get_by_text(re.compile(r"\d+ of 200 steps")).first).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Cancel all").click()
    wait_until_idle(page)
