"""Projector, print and phone: words keep their size, drawings fit, the pages' list stays at hand, nothing is cut."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import RunningApp
from tests.browser.support import boxes, new_visitor, open_page, open_view, wait_until_idle, wait_until_painted

LEAST_PIXELS = 12
SMALL_WORDS = (Path(__file__).parent / "small_words.js").read_text()
"""Gives the words on the page that are smaller than a number of pixels, those in drawings and shadow roots too."""
CUT_TABLES = """() => [...document.querySelectorAll(".dvn-scroller")]
    .filter((table) => table.scrollWidth > table.clientWidth + 1).length"""

HEAD = """() => ["[data-testid=stTopNavLink], [data-testid=stTopNavSection]", ".st-key-language button",
        ".st-key-presentation"]
    .map((part) => [...document.querySelectorAll(part)])
    .map((all) => all.filter((each) => each.checkVisibility({ visibilityProperty: true })))
    .map((parts) => parts.map((each) => each.getBoundingClientRect()))
    .map((boxes) => [Math.min(...boxes.map((box) => box.left)), Math.max(...boxes.map((box) => box.right))])"""
"""Where the list of pages, the menu of languages and the switch begin and end, in pixels."""


def small_words(page: Page) -> list[str]:
    wait_until_painted(page)
    found: list[str] = page.evaluate(SMALL_WORDS, LEAST_PIXELS)
    return found


def assert_drawing_fits(page: Page, key: str) -> None:
    frame = page.locator(f".st-key-{key} .frame").bounding_box()
    drawn = page.locator(f".st-key-{key} .stage svg").first.bounding_box()
    assert frame
    assert drawn
    assert frame["x"] - 1 <= drawn["x"]
    assert drawn["x"] + drawn["width"] <= frame["x"] + frame["width"] + 1
    assert drawn["y"] + drawn["height"] <= frame["y"] + frame["height"] + 1


def test_a_projector_of_1024_by_768_shows_whole_drawings_in_legible_words(page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    open_page(page, "/?preset=resnet50")
    assert small_words(page) == []
    assert_drawing_fits(page, "overview")
    pages, languages, switch = page.evaluate(HEAD)
    assert 0 < pages[1] <= languages[0] < languages[1] <= switch[0], "the list of pages reaches under the menus"
    page.locator(".st-key-overview [data-path='layer3.2']").first.click()
    opened = page.locator(".st-key-block-opened")
    expect(opened).to_be_in_viewport()
    open_page(page, "/compare?net=resnet50&net=resnext50_32x4d")
    assert small_words(page) == []


def test_the_presentation_switch_enlarges_hides_the_controls_and_is_remembered(page: Page) -> None:
    open_page(page, "/figures")
    heading = page.locator("h2").first
    before = heading.bounding_box()
    switch = page.locator(".st-key-presentation button")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.focus()
    page.keyboard.press("Enter")
    open_page(page, "/?preset=resnet18")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    assert_drawing_fits(page, "overview")
    open_page(page, "/figures")
    expect(switch).to_have_attribute("aria-pressed", "true")
    after = heading.bounding_box()
    assert before
    assert after
    assert after["height"] > 1.2 * before["height"]
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")


def test_paper_has_the_whole_page_and_the_whole_drawing_without_the_controls(page: Page) -> None:
    open_page(page, "/?preset=resnet50")
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page.locator(".st-key-presentation")).to_be_hidden()
    assert_drawing_fits(page, "overview")
    assert_drawing_fits(page, "graph")
    hidden = page.evaluate("""() => { const main = document.querySelector("[data-testid=stMain]");
        return main.scrollHeight - main.clientHeight; }""")
    assert hidden <= 1, "paper does not scroll"
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    page.emulate_media(media="screen")
    assert 2 <= pages <= 4


@pytest.fixture
def phone(browser: Browser, app: RunningApp) -> Iterator[Page]:
    """A visitor with a narrow window and a finger."""
    size = {"width": 390, "height": 844}
    context = new_visitor(browser, app.url, viewport=size, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def test_a_phone_has_the_pages_at_hand_and_its_own_gestures(phone: Page) -> None:
    open_page(phone, "/compare?net=resnet50&net=resnext50_32x4d")
    hint = phone.locator(".st-key-compare-diff .hint")
    expect(hint).to_contain_text("Tap")
    expect(hint).to_contain_text("pinch")
    heading = phone.get_by_role("heading", name="Totals, and ratios to the first network")
    heading.scroll_into_view_if_needed()
    tools, words = boxes(phone.locator("[data-testid=stElementToolbar]").last, heading)
    assert tools.y >= words.bottom - 4
    pages = phone.locator(".st-key-narrow-pages")
    pages.scroll_into_view_if_needed()
    expect(pages.get_by_role("link")).to_have_count(phone.locator("[data-testid=stSidebarNavLink]").count())
    pages.get_by_role("link", name="Figures").click()
    expect(phone.get_by_role("heading", name="Published figures")).to_be_visible()


def test_two_fingers_enlarge_a_drawing(phone: Page) -> None:
    open_page(phone, "/?preset=resnet18")
    frame = phone.locator(".st-key-overview .frame")
    frame.scroll_into_view_if_needed()
    place = frame.bounding_box()
    assert place
    drawn = phone.locator(".st-key-overview .stage svg").first
    before = drawn.bounding_box()
    middle = {"x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2}
    touch = phone.context.new_cdp_session(phone)
    for kind, apart in (("touchStart", 30), ("touchMove", 60), ("touchMove", 90), ("touchEnd", None)):
        points = [] if apart is None else [{**middle, "x": middle["x"] + side * apart} for side in (-1, 1)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    after = drawn.bounding_box()
    assert before
    assert after
    assert after["width"] == pytest.approx(3 * before["width"], rel=0.1)


def test_at_200_percent_the_pages_stay_and_at_1400_no_column_is_cut(page: Page) -> None:
    page.set_viewport_size({"width": 1400, "height": 1600})
    open_page(page, "/?preset=resnet50")
    for view in ("Stages", "Layers", "Conventions"):
        open_view(page, view)
        expect(page.locator(".dvn-scroller").first).to_be_visible()
        assert page.evaluate(CUT_TABLES) == 0, view
    expect(page.locator(".st-key-narrow-pages")).to_be_hidden()
    page.set_viewport_size({"width": 700, "height": 800})
    link = page.locator(".st-key-narrow-pages").get_by_role("link", name="Labs")
    expect(link).to_be_in_viewport()
    link.click()
    wait_until_idle(page)
    expect(page.get_by_role("heading", name="Labs")).to_be_visible()
