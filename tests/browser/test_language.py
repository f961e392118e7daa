"""The language of a visit: the browser's own at first, then the one chosen in the menu; a link's language wins."""

import re

from playwright.sync_api import Browser, Page, expect

from explorer.language import _, speaking
from explorer.ui.common.visitor_language import COOKIE
from explorer.ui.start import page as start
from tests.browser.server import RunningApp
from tests.browser.support import new_visitor, open_page, wait_until_idle


def expect_language(page: Page, tag: str) -> None:
    """The page's own language is told to readers of screens, and its texts are in it."""
    expect(page.locator("html")).to_have_attribute("lang", tag)
    with speaking(tag.replace("-", "_")):
        expect(page.get_by_role("button", name=_(start.OPEN_LESSON))).to_be_visible()


def test_a_chinese_browser_gets_chinese_until_its_visitor_chooses_another(app: RunningApp, browser: Browser) -> None:
    with new_visitor(browser, app.url, locale="zh-CN") as visitor:
        page = visitor.new_page()
        open_page(page, "/start")
        expect_language(page, "zh-CN")
        assert "lang=" not in page.url, "nobody has chosen a language yet"

        page.locator(".st-key-language button").filter(visible=True).first.click()
        page.get_by_role("menuitem", name="English").or_(page.get_by_role("option", name="English")).click()
        wait_until_idle(page)
        expect_language(page, "en")
        expect(page).to_have_url(re.compile(r"[?&]lang=en\b"))
        assert [each["value"] for each in visitor.cookies() if each["name"] == COOKIE] == ["en"]

        open_page(page, "/start")
        expect_language(page, "en")
        open_page(page, "/start?lang=zh")
        expect_language(page, "zh-CN")
        page.reload()
        wait_until_idle(page)
        expect_language(page, "zh-CN")
