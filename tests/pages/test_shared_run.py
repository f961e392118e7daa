"""A shared run on the page Class and on Train: defined by the teacher, started by seats, shown, stopped, exported."""

import json
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from explorer.model import PRESETS
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import SERVER_POOL
from explorer.shared_runs.bounds import LEFT_AFTER_SECONDS
from explorer.shared_runs.plan import Plan
from explorer.shared_runs.records import LEFT, STOPPED_BY_TEACHER, why
from explorer.ui.classroom import board as class_board
from explorer.ui.classroom import cookies, gate
from explorer.ui.shared_runs import board, presence, put, setup, student, teacher
from tests.pages.conftest import Bench
from tests.pages.test_class import join, later, open_class, press, visitor_with, words
from tests.shared_runs.conftest import whole_run

TRAIN = "/train?net=cifar_resnet20&steps=20&batch_size=16&seed=7&evaluate_every=10"


@pytest.fixture(autouse=True)
def no_class_of_another_test() -> Iterator[None]:
    kept = class_board.class_store, class_board.board, class_board.guesses
    for each in kept:
        each.clear()
    yield
    for each in kept:
        each.clear()


def define(app: AppTest, address: str = TRAIN, *, runs: int = 1, grid: tuple[str, ...] = ()) -> AppTest:
    app.text_input(key=setup.ADDRESS).input(address)
    app.number_input(key=setup.RUNS).set_value(runs)
    if grid:
        app.segmented_control(key=setup.SHAPE).set_value(setup.GRID).run()
        for place, (key, text) in enumerate(zip(setup.NAMES, grid, strict=False)):
            name, values = text.split("=")
            app.selectbox(key=key).set_value(name).run()
            app.text_input(key=setup.VALUES[place]).input(values)
    return app.run()


def opened(bench: Bench, seats: int = 2, **plan: object) -> tuple[AppTest, list[AppTest]]:
    """A teacher's page with an open shared run, and the pages of students."""
    app, code, _ = open_class(bench)
    students = [join(bench, code, f"Ann{number}") for number in range(seats)]
    define(later(app), **plan)  # type: ignore[arg-type]
    press(app, "Open the shared run")
    assert not app.exception
    return again(app), [again(each) for each in students]


def again(app: AppTest) -> AppTest:
    """The page as its next refresh draws it."""
    board.shared_board.clear()
    found = later(app)
    assert not found.exception
    return found


def train_next(bench: Bench, loss: float) -> None:
    run = bench.store.work.claim("w", SERVER_POOL)
    assert run is not None
    bench.store.work.report(run.id, "w", whole_run(loss))


def curves(app: AppTest) -> list[dict[str, object]]:
    """The lines of the page's chart, as the browser gets them."""
    found = [node.proto for node in app.get("bidi_component")]
    charts = [json.loads(each.json) for each in found if each.component_name == "residual_explorer.curves"]
    return [line for chart in charts for line in chart["curves"]]


def test_each_seat_trains_a_seed_and_the_teacher_sees_all(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESIDUAL_EXPLORER_CLASS_ONLY", "1")
    app, students = opened(bench, 2)
    assert teacher.NOT_BEGUN in words(app)
    for each in students:
        assert student.RUN[False] in [button.label for button in each.button]
        press(each, "Run my seed")
        assert gate.CLOSED not in words(each)
    assert bench.launcher.woken >= 2
    bar = again(students[1]).get("progress")[0].proto.text
    assert bar.startswith("CIFAR ResNet-20: place 2 of 2, ")
    assert "Your seed is **8**." in words(students[1])
    assert "0 finished · 0 running · 2 waiting · 2 seats take part" in words(again(app))
    assert teacher.WAITS in words(app)
    train_next(bench, 0.5)
    assert "1 finished · 0 running · 1 waiting" in words(again(app))
    (line,) = curves(app)
    assert (line["name"], line["x"], line["y"], line["low"]) == ("CIFAR ResNet-20, 1 seed", [10, 20], [1.0, 0.5], None)
    (table,) = (each.value for each in app.dataframe)
    assert table[["finished", "waiting", "train_loss", "test_error"]].to_dict("list") == {
        "finished": [1],
        "waiting": [1],
        "train_loss": [0.5],
        "test_error": [2.5],
    }
    assert [each["y"] for each in curves(again(students[0]))] == [[1.0, 0.5]]
    assert "You have had your 1 run." in words(students[0])
    assert students[0].button(key="class.shared.run").disabled
    assert not curves(again(students[1])), "a seat sees its own curve"
    shown = words(app) + "".join(map(str, (each.value for each in app.dataframe)))
    assert "Ann" not in shown, "the projector names nobody"


def test_four_seeds_are_a_band(bench: Bench) -> None:
    app, students = opened(bench, 4)
    for each, loss in zip(students, (1.0, 2.0, 3.0, 4.0), strict=True):
        press(each, "Run my seed")
        train_next(bench, loss)
    (line,) = curves(again(app))
    assert (line["y"], line["low"], line["high"]) == ([5.0, 2.5], [3.5, 1.75], [6.5, 3.25])
    assert app.dataframe[0].value["quartiles"].tolist() == ["1.7500 to 3.2500"]


def test_the_cells_of_a_grid_are_dealt_to_the_seats(bench: Bench) -> None:
    app, students = opened(bench, 2, grid=("learning_rate=0.01 0.1", "depth=3, 6"))
    assert "Learning rate: 0.01, 0.1." in words(app)
    for each, values in zip(students, (("0.01", "3"), ("0.01", "6")), strict=True):
        press(each, "Run my cell of the grid")
        assert "Learning rate: **{}**. Depth, in blocks: **{}**.".format(*values) in words(again(each))
    train_next(bench, 0.5)
    table = again(app).dataframe[0].value
    assert table["network"].tolist() == ["CIFAR ResNet-20, 3 blocks", "CIFAR ResNet-20, 6 blocks"]
    assert (table["finished"].tolist(), table["waiting"].tolist()) == ([1, 0], [0, 1])
    assert [each["name"] for each in curves(app)] == [
        f"{name}, {count} seeds".replace("1 seeds", "1 seed")
        for name, count in zip(table["network"], (1, 0), strict=True)
    ]


def test_the_teacher_stops_one_and_all_and_lets_the_class_go_on(bench: Bench) -> None:
    app, students = opened(bench, 2)
    for each in students:
        press(each, "Run my seed")
    stop = [each for each in again(app).button if each.label == "Stop"]
    assert len(stop) == 2
    stop[0].click().run()
    assert str(why(STOPPED_BY_TEACHER)) in words(again(students[0]))
    press(students[0], "Run my seed")
    assert "Your seed is **7**." in words(again(students[0])), "its seed is dealt again"
    press(again(app), "Stop all")
    assert {run.state for run in bench.store.runs()} == {"cancelled"}
    assert "closed this shared run" in words(again(students[1]))
    assert students[1].button(key="class.shared.run").disabled
    assert "3 × stopped by the teacher" in words(again(app))
    press(app, "Let the class start runs again")
    press(again(students[1]), "Run my seed")
    press(again(students[1]), "Stop my run")
    assert "stopped by the seat itself" in words(again(students[1]))


def test_a_browser_that_has_left_is_told_of_on_both_pages(bench: Bench) -> None:
    app, students = opened(bench, 1)
    press(students[0], "Run my seed")
    board.conductor().tend(time.time() + LEFT_AFTER_SECONDS + 60)
    for each in (app, students[0]):
        assert str(why(LEFT)) in words(again(each))
    press(students[0], "Run my seed")
    assert [run.state for run in bench.store.runs()] == ["queued", "cancelled"]


def test_a_students_page_says_that_its_browser_is_here(bench: Bench) -> None:
    _, students = opened(bench, 1)
    seen = presence.shared_store(class_board.class_store().url).seen()
    assert len(seen) == 1
    assert time.time() - max(seen.values()) < 60
    students[0].session_state[presence.NOTED] = 0.0
    students[0].switch_page("../pages/train.py").run()
    assert presence.shared_store(class_board.class_store().url).seen() != seen, "on every page"


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ({"address": "/train?" + "&".join(f"net={name}" for name in list(PRESETS)[:5])}, "1 to 4 networks"),
        ({"address": "/train?net=cifar_resnet20&steps=6000"}, "5,000 steps"),
        ({"address": "/train?net=cifar_resnet20&steps=many"}, "does not fit"),
        ({"address": "/train?net=<b>=1"}, "does not fit"),
        ({"grid": ("learning_rate=0.1",)}, "2 to 6 different values"),
        ({"grid": ("learning_rate= ",)}, "Type the values"),
        ({"grid": ("depth=2 3",)}, "cannot fill 3 stages"),
        ({"grid": ("depth=3 4", "depth=3 4")}, "are the same"),
        ({"grid": ("momentum=0.9 1.9",)}, "is not a number from 0 to 0.999"),
    ],
)
def test_a_bad_plan_is_a_sentence_and_stays_in_its_boxes(bench: Bench, plan: dict[str, object], sentence: str) -> None:
    app, _, _ = open_class(bench)
    define(app, **plan)  # type: ignore[arg-type]
    assert not app.exception
    assert sentence in words(app)
    if "address" in plan:
        assert app.text_input(key=setup.ADDRESS).value == plan["address"]
    if "does not fit" not in sentence:
        assert app.button(key="class.shared.open").disabled


def test_what_it_takes_is_said_before_the_start(bench: Bench) -> None:
    app, code, _ = open_class(bench)
    assert "No student is here yet; each can start 4 trainings of 200 steps." in words(app)
    for name in "ab":
        join(bench, code, name)
    define(later(app), TRAIN + "&net=cifar_plain20", runs=3, grid=("momentum=0 0.9",))
    assert "2 students are here; in all they can start 12 trainings of 20 steps. The grid has 2 cells." in words(app)
    assert " on this machine now, with " in words(app)


def test_train_puts_its_comparison_to_the_class(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    key = open_class(bench)[2]
    assert put.PUT not in [each.label for each in bench.open("train").button], "the teacher's alone"
    visitor_with(monkeypatch, **{cookies.KEY_COOKIE: key})
    train = bench.open("train", net="cifar_resnet32", steps="30")
    press(train, put.PUT)
    train.switch_page("../pages/class.py").run()
    assert parse_qs(urlsplit(train.text_input(key=setup.ADDRESS).value).query) == {
        "net": ["cifar_resnet32"],
        "steps": ["30"],
    }
    press(train, "Open the shared run")
    assert "CIFAR ResNet-32; 30 steps" in words(again(train))


def test_the_file_and_a_shared_run_of_another_version(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    app, students = opened(bench, 1)
    press(students[0], "Run my seed")
    train_next(bench, 0.5)
    (button,) = [each for each in again(app).get("download_button") if each.proto.label == "Curves as CSV"]
    assert button
    monkeypatch.setattr(Plan, "from_json", lambda _: Plan((), TrainingSettings()))
    for each in (app, students[0]):
        assert teacher.UNREADABLE in words(again(each))
