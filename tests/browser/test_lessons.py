"""A lesson in a browser, by links without any class: steps, locked and open controls, history, handout and slides."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from explorer.lessons.lesson import Lesson
from explorer.lessons.paper import handout, slides
from explorer.ui.lessons import bar, opening
from explorer.ui.lessons.prints import prints_of
from tests.browser.support import open_page, wait_until_idle

LESSON: Lesson = opening.lesson_of("shortcuts").lesson


def heading(page: Page, number: int):
    return page.locator(".st-key-lesson\\.bar").get_by_role("heading", name=LESSON.steps[number - 1].title, exact=True)


def test_a_link_leads_through_a_lesson_whose_locks_hold(page: Page) -> None:
    open_page(page, f"/?lesson={LESSON.name}&step=1")
    expect(heading(page, 1)).to_be_visible()
    expect(page).to_have_url(re.compile("shortcut=pad.*lesson=shortcuts&step=1"))
    expect(page.locator(".st-key-preset input")).to_be_disabled()
    expect(page.locator(".st-key-depth input[type=range]")).to_be_disabled()
    page.get_by_role("button", name=bar.NEXT, exact=True).click()
    expect(heading(page, 2)).to_be_visible()
    expect(page).to_have_url(re.compile("/labs.*lab=shortcuts&part=options.*lesson=shortcuts&step=2"))
    seeds = page.get_by_role("slider", name="Seeds")
    seeds.press("ArrowRight")
    expect(page).to_have_url(re.compile("seeds="))
    expect(page.get_by_role("slider", name="Layers")).to_be_disabled()
    wait_until_idle(page)
    page.reload()
    expect(heading(page, 2)).to_be_visible()
    expect(page).to_have_url(re.compile("seeds="))
    page.get_by_role("button", name=bar.BEFORE, exact=True).click()
    expect(heading(page, 1)).to_be_visible()
    wait_until_idle(page)
    page.go_back()
    expect(heading(page, 2)).to_be_visible()
    page.get_by_role("button", name=bar.LEAVE, exact=True).click()
    expect(page.get_by_role("slider", name="Layers")).to_be_enabled()
    expect(page).not_to_have_url(re.compile("lesson="))


def test_handout_and_slides_open_without_a_server(page: Page, tmp_path: Path) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    prints = prints_of(LESSON, "http://localhost:8501")
    for name, made in (("handout", handout(LESSON, prints)), ("slides", slides(LESSON, prints))):
        (tmp_path / f"{name}.html").write_text(made)
    page.goto((tmp_path / "handout.html").as_uri())
    expect(page.get_by_role("heading", name=LESSON.title)).to_be_visible()
    sizes = page.locator("img").evaluate_all("images => images.map(each => each.naturalWidth)")
    assert len(sizes) > len(LESSON.steps)
    assert min(sizes) > 0
    page.goto((tmp_path / "slides.html").as_uri())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(page.get_by_role("heading", name=re.compile(LESSON.steps[-1].title))).to_be_in_viewport()
    assert all(url.startswith(("file:", "data:")) for url in fetched)
