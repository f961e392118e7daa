"""A class in real browsers: a teacher and three students from the code to the file, and what a student cannot do."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from explorer.ui.classroom import voting
from explorer.ui.classroom.cookies import KEY_COOKIE
from tests.browser.support import assert_no_exception, open_page, wait_until_idle

FOLLOWS = 15_000
"""Milliseconds within which a page has followed the class, on a busy machine."""
BROUGHT = 45_000
"""Milliseconds within which another page is open, because the class went there."""
ONLY_TEACHERS = re.compile("Ask the class|Reveal|End the class")
QUESTION, PLAIN, RESIDUAL = "Which one *learns*?", "The plain one", "The residual one"


@pytest.fixture
def students(browser, app) -> Iterator[list[Page]]:
    contexts = [browser.new_context(base_url=app.url, viewport={"width": 390, "height": 800}) for _ in range(3)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def join(student: Page, code: str, nickname: str = "") -> None:
    """Joins by typing the code, as it was heard."""
    open_page(student, "/class")
    student.get_by_role("textbox", name="Code").fill(f"{code[:3].lower()} {code[3:].lower()}")
    student.get_by_role("textbox", name="Nickname").fill(nickname)
    press(student, "Join")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click(timeout=FOLLOWS)
    wait_until_idle(page)


def vote(student: Page, choice: str) -> None:
    student.get_by_role("button", name=choice).click(timeout=FOLLOWS)
    wait_until_idle(student)
    expect(student.get_by_text(voting.STORED)).to_be_visible()


def open_class(teacher: Page) -> None:
    open_page(teacher, "/class")
    teacher.get_by_text("Teach a class").click()
    press(teacher, "Open a class")


def code_of(teacher: Page) -> str:
    return teacher.locator(".st-key-class-code").inner_text().replace(" ", "").strip()


def is_at(visitor: Page, path: str, step: int) -> None:
    """The page of a step of the lesson is open, with the step above it."""
    expect(visitor).to_have_url(re.compile(f"/{path}.*lesson=degradation&step={step}"), timeout=BROUGHT)
    expect(visitor.get_by_text(f"· step {step} of 7 ·")).to_be_visible(timeout=BROUGHT)
    wait_until_idle(visitor)


def test_a_class_joins_votes_sees_and_votes_again(page: Page, students: list[Page]) -> None:
    open_class(page)
    expect(page.get_by_role("img", name=re.compile("QR code of http"))).to_be_visible()
    (key,) = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == KEY_COOKIE]
    expect(page.get_by_text(key)).to_be_visible()
    press(page, "I have noted it")
    expect(page.get_by_text(key)).to_have_count(0)
    code = code_of(page)
    expect(page).to_have_url(re.compile(f"/class.join={code}$"))
    for student, name in zip(students, ("Ann", "<b>Bob</b>", ""), strict=True):
        join(student, code, name)
    expect(students[1].get_by_text("<b>Bob</b>")).to_be_visible()
    page.get_by_role("textbox", name="Question").fill(QUESTION)
    page.get_by_role("textbox", name="Choices").fill(f"{PLAIN}\n{RESIDUAL}")
    press(page, "Ask the class")
    for student, choice in zip(students, (PLAIN, PLAIN, RESIDUAL), strict=True):
        expect(student.get_by_role("heading", name=QUESTION)).to_be_visible(timeout=FOLLOWS)
        vote(student, choice)
        expect(student.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_text("3 of 3 have answered")).to_be_visible(timeout=FOLLOWS)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    press(page, "Reveal")
    expect(page.get_by_text("67%")).to_be_visible()
    for student in students:
        expect(student.get_by_text("33%")).to_be_visible(timeout=FOLLOWS)
    press(page, "Vote again")
    for student in students:
        vote(student, RESIDUAL)
    press(page, "Reveal")
    expect(students[0].get_by_text("100%")).to_be_visible(timeout=FOLLOWS)
    expect(students[0].get_by_role("progressbar")).to_have_count(4)

    page.get_by_text("This class", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Votes as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 7
    assert sorted(line.rpartition(",")[2] for line in lines[1:]) == [PLAIN] * 2 + [RESIDUAL] * 4
    assert "Ann" not in "".join(lines)

    students[0].reload()
    wait_until_idle(students[0])
    expect(students[0].get_by_text(f"Your vote: {RESIDUAL}")).to_be_visible()
    mine = {cookie["name"]: cookie["value"] for cookie in students[0].context.cookies()}
    assert key not in "".join(mine.values())
    for tampered in (mine["residual_explorer_seat"], mine["residual_explorer_seat"][:32], key[:-1] + "_", code):
        students[0].context.add_cookies([{"name": KEY_COOKIE, "value": tampered, "url": page.url}])
        for query in ("", f"?join={code}", f"?key={key}", f"?join={key}"):
            open_page(students[0], f"/class{query}")
            expect(
                students[0].get_by_role("button", name=re.compile("Ask the class|Reveal|End the class"))
            ).to_have_count(0)
    for student in students:
        assert_no_exception(student)


def test_a_class_walks_through_a_lesson_with_its_teacher(page: Page, students: list[Page]) -> None:
    open_class(page)
    code = code_of(page)
    together, freely, _ = students
    join(together, code)
    join(freely, code)

    open_page(page, "/lessons?lesson=degradation&step=1")
    is_at(page, "lessons", 1)
    for student in (together, freely):
        is_at(student, "lessons", 1)
    press(page, "Put this question to the class")
    together.get_by_role("textbox", name="Your answer").fill("Too few weights")
    press(together, "Vote")
    expect(together.get_by_text(voting.STORED)).to_be_visible(timeout=FOLLOWS)

    press(page, "Next")
    is_at(page, "compare", 2)
    for student in (together, freely):
        is_at(student, "compare", 2)
    locked, opened = together.get_by_role("combobox"), together.locator(".st-key-compare-show").get_by_role("radio")
    assert {control.is_disabled() for control in locked.all()} == {True}
    assert {control.is_disabled() for control in opened.all()} == {False}, "the step names this one"
    freely.get_by_text("Follow the teacher: step 2").click()
    wait_until_idle(freely)

    press(page, "Next")
    is_at(together, "train", 3)
    is_at(freely, "compare", 2)
    for student in students:
        assert_no_exception(student)
