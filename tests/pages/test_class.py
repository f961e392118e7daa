"""The page Class: open, join, ask, vote, reveal, and what a student or a stranger cannot do."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.classes.questions import LONGEST_ANSWER
from explorer.classes.records import ClassState
from explorer.classes.store.store import ClassStore
from explorer.language import speaking, told
from explorer.ui.classroom import board, cookies, entrance, gate, membership, student, voting
from explorer.ui.labs import mixing
from explorer.ui.labs.shared import class_votes, seen
from tests.pages.conftest import Bench


@pytest.fixture(autouse=True)
def no_class_of_another_test() -> Iterator[None]:
    for kept in (board.class_store, board.board, board.guesses):
        kept.clear()
    yield
    for kept in (board.class_store, board.board, board.guesses):
        kept.clear()


def words(app: AppTest) -> str:
    kinds = (app.markdown, app.info, app.error, app.warning, app.success, app.caption)
    return "\n".join(each.value for kind in kinds for each in kind)


def open_class(bench: Bench) -> tuple[AppTest, str, str]:
    """A teacher's page, the code of the class, and the teacher's key."""
    app = bench.open("class")
    app.button(key="class.open").click().run()
    assert not app.exception
    code = app.query_params["join"]
    return app, code if isinstance(code, str) else code[0], app.session_state[cookies.KEY]


def join(bench: Bench, code: str, nickname: str = "") -> AppTest:
    app = bench.open("class", join=code)
    app.text_input(key=entrance.NICKNAME).input(nickname)
    return press(app, "Join")


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [each for each in app.button if each.label == label]
    return button.click().run()


def ask(app: AppTest, text: str, options: str) -> AppTest:
    app.text_area(key="class.ask.text").input(text)
    app.text_area(key="class.ask.options").input(options)
    return press(app, "Ask the class")


def state() -> ClassState:
    store: ClassStore = board.class_store()
    with store._database.reading() as connection:
        (class_id,) = connection.exec_driver_sql("SELECT id FROM class_rooms").one()
    found = store.state(class_id)
    assert found is not None
    return found


def later(app: AppTest) -> AppTest:
    """The page as its next refresh draws it, when the class has been read anew."""
    board.board.clear()
    return app.run()


def test_a_class_votes_sees_and_votes_again(bench: Bench) -> None:
    teacher, code, key = open_class(bench)
    assert key in [each.value for each in teacher.code], "shown once"
    press(teacher, "I have noted it")
    assert key not in [each.value for each in teacher.code]
    students = [join(bench, code, name) for name in ("Ann", "", "<b>Bob</b>")]
    assert all(student.NOTHING_ASKED in words(each) for each in students)
    ask(teacher, "Is *deeper* better?", "Yes\n\nNo\n  It depends ")
    for each, choice in zip(students, ("Yes", "No", "No"), strict=True):
        assert "### Is \\*deeper\\* better?" in words(later(each)), "the teacher's text stays text"
        press(each, choice)
        assert voting.STORED in words(each)
        assert "2 votes" not in words(each)
        assert "100%" not in words(each)
    assert "3 of 3 have answered" in words(later(teacher))
    assert not teacher.get("progress")
    press(students[0], "It depends")
    press(teacher, "Close the vote")
    assert voting.WAITING in words(later(students[0]))
    assert not students[0].get("progress")
    press(teacher, "Reveal")
    assert "**67%** (2) No" in [each.proto.text for each in teacher.get("progress")]
    assert "Your vote: **It depends**" in words(later(students[0]))
    assert len(students[0].get("progress")) == 3
    press(teacher, "Vote again")
    press(later(students[0]), "No")
    assert not students[0].get("progress"), "the second vote is hidden too"
    press(teacher, "Reveal")
    assert len(later(students[1]).get("progress")) == 6, "both votes stand beside each other"
    assert not any(each.exception for each in (teacher, *students))
    assert [tally.counts for tally in state().tallies.values()] == [{"1": 2, "2": 1}, {"1": 1}]


def visitor_with(monkeypatch: pytest.MonkeyPatch, **kept: str) -> None:
    """Every visitor from now on comes with these cookies."""
    for module in (membership, cookies):
        monkeypatch.setattr(module, "kept_cookie", lambda name: kept.get(name, ""))


def is_taught(app: AppTest) -> bool:
    return any(each.key == "class.ask.text" for each in app.text_area)


@pytest.mark.parametrize("made", ["{code}", "{key}x", "{seat}", "' OR 1=1 --", "x" * 10_000, "{class_id}", ""])
def test_no_changed_cookie_makes_a_teacher(bench: Bench, monkeypatch: pytest.MonkeyPatch, made: str) -> None:
    _, code, key = open_class(bench)
    seat = join(bench, code).session_state[cookies.SEAT]
    cookie = made.format(code=code, key=key, seat=seat, class_id=state().room.id)
    visitor_with(monkeypatch, **{cookies.KEY_COOKIE: cookie, cookies.SEAT_COOKIE: cookie})
    for query in ({}, {"join": code}, {"join": key}, {"key": key}, {"teaching": key}):
        app = bench.open("class", **query)
        assert not app.exception
        assert not is_taught(app)
        assert not any(each.key and each.key.startswith("class.ask") for each in app.button)


def test_key_and_seat_are_kept_for_the_next_visit(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    teacher, code, key = open_class(bench)
    ask(teacher, "?", "a\nb")
    app = press(later(join(bench, code, "Ann")), "b")
    seat = app.session_state[cookies.SEAT]
    assert key not in seat
    visitor_with(monkeypatch, **{cookies.KEY_COOKIE: key})
    again = bench.open("class")
    assert is_taught(again)
    assert again.query_params["join"] in (code, [code]), "the teacher's address is the students' link"
    visitor_with(monkeypatch, **{cookies.SEAT_COOKIE: seat})
    app = bench.open("class")
    assert voting.STORED in words(app)
    press(app, "Leave this class")
    assert "### Join a class" in words(app)
    visitor_with(monkeypatch, **{cookies.SEAT_COOKIE: app.session_state[cookies.SEAT]})
    assert "Ann" in words(join(bench, code))
    assert state().seats == 1, "the same browser has the same seat"


def test_the_key_goes_on_in_another_browser(bench: Bench) -> None:
    _, code, key = open_class(bench)
    app = bench.open("class")
    app.text_input(key=entrance.OLD_KEY).input(code)
    assert entrance.WRONG_KEY in words(press(app, "Go on teaching"))
    app.text_input(key=entrance.OLD_KEY).input(f" {key} ")
    assert is_taught(press(app, "Go on teaching"))
    assert "### Join a class" in words(press(app, "Stop teaching here"))


def test_wrong_codes_are_a_sentence_and_guessing_is_slowed_down(bench: Bench) -> None:
    _, code, _ = open_class(bench)
    wrong = "CCCCCC" if code != "CCCCCC" else "FFFFFF"
    app = bench.open("class")
    for number in range(6):
        app.text_input(key=entrance.CODE).input("10 000" if number == 0 else wrong)
        assert ("A code has 6" if number == 0 else "No class has this code") in words(press(app, "Join"))
    app.text_input(key=entrance.CODE).input(code)
    assert "try again in" in words(press(app, "Join"))
    board.guesses.clear()
    assert student.NOTHING_ASKED in words(press(app, "Join"))


def test_a_link_with_something_else_is_a_sentence(bench: Bench) -> None:
    app = bench.open("class", join="<script>")
    assert "does not fit" in words(app)
    assert "### Join a class" in words(app)


def test_the_link_of_another_class_offers_to_join_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    (_, one, _), (_, other, _) = open_class(bench), open_class(bench)
    visitor_with(monkeypatch, **{cookies.SEAT_COOKIE: join(bench, one).session_state[cookies.SEAT]})
    app = bench.open("class", join=other)
    assert app.text_input(key=entrance.CODE).value == other
    press(app, "Join")
    assert student.NOTHING_ASKED in words(app)


HOSTILE = "=HYPERLINK(1) <b>x</b> **y** ![z](http://example.org/z.png)"


def test_texts_of_students_stay_text_and_too_long_ones_are_refused(bench: Bench) -> None:
    teacher, code, _ = open_class(bench)
    teacher.segmented_control(key="class.ask.kind").set_value("text").run()
    teacher.text_area(key="class.ask.text").input(HOSTILE)
    press(teacher, "Ask the class")
    app = later(join(bench, code, "<i>Eve</i>"))
    assert "\\<i\\>Eve" in words(app)
    (answer,) = [each for each in app.text_input if each.label == "Your answer"]
    answer.input("x" * 10_000)
    assert f"there may be {LONGEST_ANSWER}" in words(press(app, "Vote"))
    (answer,) = [each for each in app.text_input if each.label == "Your answer"]
    answer.input(HOSTILE)
    assert voting.STORED in words(press(app, "Vote"))
    press(later(teacher), "Reveal")
    for each in (teacher, later(app)):
        assert [table.value.to_dict("list") for table in each.dataframe] == [{"Answer": [HOSTILE], "Votes": [1]}]
        assert "**y**" not in words(each)
        assert "![z]" not in words(each)


def test_numbers_are_counted_with_their_median(bench: Bench) -> None:
    teacher, code, _ = open_class(bench)
    teacher.segmented_control(key="class.ask.kind").set_value("number").run()
    teacher.text_area(key="class.ask.text").input("How many?")
    press(teacher, "Ask the class")
    for text in ("3", "1,5", "3.0"):
        app = later(join(bench, code))
        (answer,) = [each for each in app.text_input if each.label == "Your answer"]
        press(answer.input(text) and app, "Vote")
    press(later(teacher), "Reveal")
    assert "Median **3**, from 1.5 to 3" in words(teacher)
    assert [each.proto.text for each in teacher.get("progress")] == ["**33%** (1) 1.5", "**67%** (2) 3"]


def test_a_late_vote_is_a_sentence(bench: Bench) -> None:
    teacher, code, _ = open_class(bench)
    ask(teacher, "?", "a\nb")
    app = later(join(bench, code))
    press(teacher, "Close the vote")
    assert "closed" in words(press(app, "a"))
    assert state().votes == {}
    press(teacher, "Open the vote again")
    assert voting.STORED in words(press(later(app), "a"))


@pytest.mark.parametrize(
    ("text", "options", "sentence"), [("", "a\nb", "empty"), ("?", "a", "2 to 10"), ("?", "a\na", "different")]
)
def test_a_bad_question_is_a_sentence_and_stays_in_its_box(
    bench: Bench, text: str, options: str, sentence: str
) -> None:
    teacher, _, _ = open_class(bench)
    ask(teacher, text, options)
    assert sentence in words(teacher)
    assert teacher.text_area(key="class.ask.options").value == options
    assert state().questions == ()


def test_a_class_ends_goes_on_and_is_deleted(bench: Bench) -> None:
    teacher, code, _ = open_class(bench)
    ask(teacher, "?", "a\nb")
    app = press(later(join(bench, code)), "a")
    press(teacher, "End the class")
    assert student.OVER in words(later(app))
    assert "code is over" in words(join(bench, code))
    press(teacher, "One more day")
    assert student.OVER not in words(later(app))
    assert teacher.button(key="class.delete").disabled
    teacher.checkbox(key="class.sure").check().run()
    press(teacher, "Delete all questions and votes")
    assert (state().questions, state().seats) == ((), 1)
    press(teacher, "Delete the class")
    assert not is_taught(teacher)
    assert student.GONE in words(later(app))


def test_a_password_is_asked_for_where_the_server_has_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESIDUAL_EXPLORER_TEACHER_PASSWORD", "chalk")
    app = bench.open("class")
    for typed in ("", "Chalk"):
        app.text_input(key=entrance.PASSWORD).input(typed)
        assert entrance.WRONG_PASSWORD in words(press(app, "Open a class"))
    app.text_input(key=entrance.PASSWORD).input("chalk")
    assert is_taught(press(app, "Open a class"))


@pytest.mark.parametrize(
    ("user", "sentence", "may"),
    [
        (None, entrance.NO_SIGN_IN, False),
        ({"is_logged_in": False}, "", False),
        ({"is_logged_in": True, "email": "eve@school.example"}, entrance.NOT_A_TEACHER, False),
        ({"is_logged_in": True, "email": "ann@school.example", "email_verified": False}, entrance.NOT_A_TEACHER, False),
        ({"is_logged_in": True, "email": "Ann@school.example"}, "", True),
    ],
)
def test_signing_in_is_asked_for_where_the_server_names_teachers(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, user: dict[str, object] | None, sentence: str, may: bool
) -> None:
    class User(dict[str, object]):
        __getattr__ = dict.__getitem__

    monkeypatch.setenv("RESIDUAL_EXPLORER_TEACHERS", "bob@school.example, ann@school.example")
    monkeypatch.setattr(entrance, "find_spec", lambda _: None if user is None else object())
    monkeypatch.setattr("streamlit.user", User(user or {}))
    app = bench.open("class")
    assert not app.exception
    assert sentence in words(app)
    assert any(each.key == "class.open" for each in app.button) == may
    assert any(each.label == "Sign in to teach" for each in app.button) == (user == {"is_logged_in": False})


def test_a_server_may_keep_trainings_to_those_in_a_class(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESIDUAL_EXPLORER_CLASS_ONLY", "1")
    app = bench.open("train")
    app.button(key="start").click().run()
    assert gate.CLOSED in words(app)
    labs = bench.open("labs", lab="signal", part="blocks")
    (run,) = [each for each in labs.button if each.label.startswith("Run, ")]
    run.click().run()
    assert gate.CLOSED in words(labs)
    assert (bench.store.comparisons(), bench.launcher.woken) == ([], 0)
    teacher, code, _ = open_class(bench)
    member = join(bench, code)
    for each in (teacher, member):
        each.switch_page("../pages/train.py").run()
        each.button(key="start").click().run()
        assert not each.exception
    assert len(bench.store.comparisons()) == 2
    board.class_store().teaching(teacher.session_state[cookies.KEY]).end()
    board.board.clear()
    member.button(key="start").click().run()
    assert gate.CLOSED in words(member)


MIXING = {"lab": "signal", "part": "mixing", "draws": "3", "mixings": "16"}


def test_a_labs_question_is_voted_on_beside_its_experiment(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    _, code, key = open_class(bench)
    visitor_with(monkeypatch, **{cookies.KEY_COOKIE: key})
    teacher = bench.open("labs", **MIXING)
    visitor_with(monkeypatch)
    seats = [join(bench, code).session_state[cookies.SEAT] for _ in range(2)]
    students = []
    for seat in seats:
        visitor_with(monkeypatch, **{cookies.SEAT_COOKIE: seat})
        students.append(bench.open("labs", **MIXING))
    assert not any(each.label == class_votes.PUT for each in students[0].button), "the teacher's alone"
    press(teacher, class_votes.PUT)
    assert "0 of 2 have answered" in words(teacher)
    for each, choice in zip(students, (mixing.ONE, mixing.GROWS), strict=True):
        press(later(each), choice)
        assert voting.STORED in words(each)
        assert not any(button.label == "Submit my answer" for button in each.button), "the class's vote is the answer"
        assert not each.get("plotly_chart")
        assert str(mixing.QUESTION.reveal) not in words(each)
    press(teacher, "Reveal")
    assert teacher.get("plotly_chart"), "the teacher sees the result with the class"
    for each in students:
        assert later(each).get("plotly_chart")
        assert len(each.get("progress")) == len(mixing.QUESTION.options)
    assert mixing.QUESTION.why_not[mixing.GROWS] in words(students[1]), "the vote is the own answer"
    assert mixing.QUESTION.why_not[mixing.GROWS] not in words(students[0])
    press(teacher, class_votes.PUT)
    for each in students:
        press(later(each), seen.NOT_CLEAR)
        assert voting.STORED in words(each)
    press(teacher, "Reveal")
    first, second = state().questions
    assert (second.follows, second.name, first.place.split("?")[0]) == (first.id, "mixing.seen", "labs")
    assert len(later(students[0]).get("progress")) == len(first.options) + len(second.options)
    visitor_with(monkeypatch, **{cookies.SEAT_COOKIE: seats[0]})
    (link,) = [each.proto for each in bench.open("class").get("page_link") if each.proto.label == "Open the experiment"]
    assert "part=mixing" in link.query_string


def test_a_labs_question_is_told_to_each_in_their_own_language(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    _, code, key = open_class(bench)
    visitor_with(monkeypatch, **{cookies.KEY_COOKIE: key})
    teacher = bench.open("labs", **MIXING)
    visitor_with(monkeypatch)
    seat = join(bench, code).session_state[cookies.SEAT]
    press(teacher, class_votes.PUT)
    visitor_with(monkeypatch, **{cookies.SEAT_COOKIE: seat})
    student = bench.open("labs", lang="zh", **MIXING)
    with speaking("zh_CN"):
        asked, chosen = told(mixing.QUESTION.text), told(mixing.ONE)
    assert asked != str(mixing.QUESTION.text)
    assert f"### {asked}" in words(student)
    press(student, chosen)
    press(teacher, "Reveal")
    assert f"**100%** (1) {mixing.ONE}" in [each.proto.text for each in teacher.get("progress")]
    assert f"**100%** (1) {chosen}" in [each.proto.text for each in later(student).get("progress")]
    assert student.get("plotly_chart"), "the vote is the own answer"
