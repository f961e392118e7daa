"""Lessons on the pages: every step's link opens its page, locked controls stay, the ways on lead on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lessons.lesson import Lesson
from explorer.lessons.library import FOLDER_VARIABLE, lesson_files
from explorer.ui.common.lesson_step import LOCKED
from explorer.ui.figures import page as figures
from explorer.ui.lessons import bar, opening
from tests.pages.conftest import Bench
from tests.pages.test_figures import WEIGHTS

LESSONS = {name: opening.lesson_of(name).lesson for name in lesson_files(opening.shipped())}
KINDS = (
    *("button", "selectbox", "slider", "select_slider", "number_input", "text_input", "toggle", "multiselect"),
    *("radio", "button_group"),
)
PLACES = {
    "build": "/?preset=cifar_resnet20&tab=Stages",
    "compare": "/compare?show=solver",
    "train": "/train",
    "labs": "/labs?lab=degradation&part=sweep",
    "figures": "/figures",
}
FREE = ("lesson.bar.", "predict.", "widgets.received", "data.")
"""Beginnings of the keys of what is no control of the page's address."""
LEADING_ON = {"train", "compare", "labs", "compare.train", "compare.solution.build", "start", "sweep.run"}
LEADING_ON |= {"compare.build.0", "compare.build.1", "count"}
"""Buttons that open other pages or start a computation, and the box of the finder, whose answers are locked."""


def write_lesson(folder: Path, *rows: tuple[str, str], name: str = "mine") -> Lesson:
    """A lesson in the server's folder with a step for each page address and open controls."""
    table = "\n".join(f"| `{address}` | look | {controls} |" for address, controls in rows)
    sections = "\n".join(f"## Step {number}\n\nText {number}.\n" for number in range(1, len(rows) + 1))
    head = "| page | what to do | open controls |\n| --- | --- | --- |"
    (folder / f"{name}.md").write_text(f"# Mine\n\n{head}\n{table}\n\n{sections}")
    found = opening.lesson_of(name)
    assert found.faults == ()
    return found.lesson


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def _without_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "published_weights", lambda: (WEIGHTS,))


def words(app: AppTest) -> str:
    return "\n".join(each.value for each in app.markdown)


def address(app: AppTest) -> dict[str, Any]:
    return dict(app.query_params)


def open_step(bench: Bench, lesson: Lesson, number: int = 1, **query: str) -> AppTest:
    page = opening.open_step(lesson, number).page
    app = bench.open(page or "build", lesson=lesson.name, step=str(number), **query)
    assert not app.exception
    return app


def press(app: AppTest, button: str, page: str) -> AppTest:
    """Presses a button of the bar that opens another page: the test's browser has to be told which one."""
    app.button(key=f"lesson.bar.{button}").click().run()
    return app.switch_page(f"../pages/{page or 'build'}.py")


def widgets(app: AppTest) -> Iterator[Any]:
    for kind in KINDS:
        yield from app.get(kind)


@pytest.mark.parametrize("name", LESSONS)
def test_every_step_of_a_lesson_opens_without_a_warning(bench: Bench, name: str) -> None:
    lesson = LESSONS[name]
    app = open_step(bench, lesson)
    for number, step in enumerate(lesson.steps, 1):
        assert not app.exception
        assert [each.value for each in app.warning] == []
        assert f"### {step.title}" in words(app)
        assert step.text in words(app)
        assert (address(app)["lesson"], address(app)["step"]) == (lesson.name, str(number))
        assert app.button(key="lesson.bar.back").disabled == (number == 1)
        onwards = app.button(key="lesson.bar.next")
        assert onwards.disabled == (number == len(lesson.steps))
        if not onwards.disabled:
            app = press(app, "next", opening.open_step(lesson, number + 1).page)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_a_step_without_open_controls_locks_every_control(bench: Bench, folder: Path, place: str) -> None:
    app = open_step(bench, write_lesson(folder, (place, "")))
    shown = [each for each in widgets(app) if not (each.key or "").startswith(FREE)]
    controls = [each for each in shown if each.key not in LEADING_ON]
    assert controls
    assert [each.key for each in controls if not each.disabled] == []
    assert all(LOCKED in each.help for each in controls)
    if place != PLACES["figures"]:
        force(app, controls)


def force(app: AppTest, controls: list[Any]) -> None:
    """A browser of somebody's own making moves what is disabled: nothing may change."""
    before = address(app)
    for each in controls:
        each.proto.disabled = False
        if each.type in ("number_input", "toggle", "slider"):
            each.set_value(other_value(each))
    assert address(app.run()) == before
    for button in [each for each in app.button if each.key in ("reset", "compare.add", "hold")]:
        button.proto.disabled = False
        assert address(button.click().run()) == before


def other_value(widget: Any) -> Any:
    if widget.type == "toggle":
        return not widget.value
    return widget.value + widget.step if widget.value is not None else 1


def test_an_address_cannot_set_what_the_step_locks(bench: Bench, folder: Path) -> None:
    lesson = write_lesson(folder, ("/?preset=cifar_resnet20", "stage_blocks"), ("/train?steps=100", "seed"))
    app = open_step(bench, lesson, 1, shortcut="none", stage_blocks="5-5-5")
    assert address(app)["shortcut"] == "pad"
    assert address(app)["stage_blocks"] == "5-5-5"
    app = open_step(bench, lesson, 2, steps="900", seed="7")
    assert (address(app)["steps"], address(app)["seed"]) == ("100", "7")


def test_an_open_control_moves_the_network_and_reset_brings_it_back(bench: Bench, folder: Path) -> None:
    app = open_step(bench, write_lesson(folder, ("/?preset=cifar_resnet20", "stage_blocks")))
    before = address(app)
    app.text_input(key="stage_blocks").set_value("4, 4, 4").run()
    assert address(app) == before | {"stage_blocks": "4-4-4"}
    assert app.select_slider(key="depth").value == 26
    app.button(key="lesson.bar.reset").click().run()
    assert address(app) == before


def test_a_menu_that_sets_the_other_controls_opens_them(bench: Bench, folder: Path) -> None:
    app = open_step(bench, write_lesson(folder, ("/?preset=cifar_resnet20", "preset")))
    app.selectbox(key="preset").set_value("resnet18").run()
    assert address(app)["stage_blocks"] == "2-2-2-2"
    assert not app.selectbox(key="shortcut").disabled


def test_next_leads_to_the_next_step_also_on_the_same_page(bench: Bench, folder: Path) -> None:
    app = open_step(
        bench, write_lesson(folder, ("/train?steps=100", "seed"), ("/train?steps=300", ""), ("/figures", ""))
    )
    press(app, "next", "train")
    assert address(app) == {"steps": "300", "lesson": "mine", "step": "2"}
    press(app, "next", "figures")
    assert "## Published figures" in words(app)
    press(app, "back", "train")
    assert address(app) == {"steps": "300", "lesson": "mine", "step": "2"}
    assert app.number_input(key="seed").disabled


def test_a_link_to_a_step_from_any_page_opens_its_page(bench: Bench, folder: Path) -> None:
    lesson = write_lesson(folder, ("/figures", ""))
    app = bench.open("compare", lesson=lesson.name, step="1")
    assert "## Published figures" in words(app)
    assert address(app) == {"lesson": "mine", "step": "1"}


def test_another_page_says_where_the_step_is(bench: Bench, folder: Path) -> None:
    app = open_step(bench, write_lesson(folder, ("/figures", "")))
    app.query_params.clear()
    app.switch_page("../pages/compare.py").run()
    assert bar.AWAY.format(number=1, title="Mine") in words(app)
    assert not app.multiselect(key="compare.nets").disabled
    app.button(key="lesson.bar.return").click().run()
    assert address(app) == {"lesson": "mine", "step": "1"}


def test_leaving_the_lesson_opens_the_controls_and_keeps_the_page(bench: Bench, folder: Path) -> None:
    app = open_step(bench, write_lesson(folder, ("/train?steps=100", "")))
    app.button(key="lesson.bar.leave").click().run()
    assert address(app) == {"steps": "100"}
    assert not app.number_input(key="steps").disabled
    app.number_input(key="steps").set_value(150).run()
    assert address(app) == {"steps": "150"}


def test_unknown_lessons_and_steps_are_a_sentence(bench: Bench, folder: Path) -> None:
    app = bench.open("figures", lesson="no-such-lesson", step="1")
    assert opening.UNKNOWN.format(name="no-such-lesson") in [each.value for each in app.warning]
    assert "## Published figures" in words(app)
    lesson = write_lesson(folder, ("/figures", ""))
    for number in ("9", "-1", "x", "<b>"):
        app = bench.open("figures", lesson=lesson.name, step=number)
        assert [number in each.value for each in app.warning] == [True]
        assert address(app)["step"] == "1"


def test_the_explanation_stays_behind_the_prediction(bench: Bench) -> None:
    lesson = LESSONS["degradation"]
    for number in (2, 5):
        app = open_step(bench, lesson, number)
        reveal = lesson.steps[number - 1].reveal
        assert reveal not in words(app)
        skip = next(each for each in app.button if each.key.endswith(".skip"))
        assert reveal in words(skip.click().run())


def test_a_line_as_an_answer_opens_the_explanation(bench: Bench) -> None:
    app = open_step(bench, LESSONS["degradation"], 1)
    key = "predict.lesson.degradation.1"
    assert app.button(key=f"{key}.commit").disabled
    app.text_input(key=f"{key}.choice").set_value("It is too deep.").run()
    app.button(key=f"{key}.commit").click().run()
    assert "Your answer: It is too deep." in words(app)
    assert LESSONS["degradation"].steps[0].reveal in words(app)


def test_the_list_has_every_lesson_with_its_files_and_link(bench: Bench, folder: Path) -> None:
    write_lesson(folder, ("/figures", ""))
    app = bench.open("lessons")
    assert not app.exception
    for name in [*LESSONS, "mine"]:
        assert app.button(key=f"lessons.{name}.start")
        keys = {each.proto.id.rpartition("-")[2] for each in app.get("download_button")}
        assert {f"lessons.{name}.{kind}" for kind in ("handout", "teacher", "slides")} <= keys
        assert any(f"?lesson={name}&step=1" in code.value for code in app.code)
    press_start = app.button(key="lessons.mine.start").click().run()
    assert address(press_start) == {"lesson": "mine", "step": "1"}


def test_a_dropped_lesson_is_listed_with_its_faults_and_can_be_linked(bench: Bench) -> None:
    app = bench.open("lessons")
    rows = "| page | what to do |\n| --- | --- |\n| /nowhere | a |\n| /figures | b |"
    text = f"# Dropped <b>x</b>\n\n{rows}\n\n## One\n\n## Two\n"
    app.file_uploader[0].set_value(("mine.md", text.encode(), "text/markdown")).run()
    assert not app.exception
    assert ["Line 5" in each.value for each in app.warning] == [True]
    name = next(each.key.split(".")[1] for each in app.button if each.key.endswith(".start"))
    other = bench.open("figures", lesson=name, step="2")
    assert "### Two" in words(other)
    app.file_uploader[0].set_value(("mine.md", b"\xff\xfe", "text/markdown")).run()
    assert ["UTF-8" in each.value for each in app.error] == [True]
