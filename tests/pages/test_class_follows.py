"""A class at one step of a lesson: students who follow are brought to the teacher's step, others walk freely."""

from streamlit.testing.v1 import AppTest

from explorer.ui.classroom import board, voting
from explorer.ui.common.markdown import escaped
from explorer.ui.labs.shared import class_votes
from explorer.ui.lessons import following, own_questions
from tests.pages.conftest import Bench
from tests.pages.test_class import ask, join, later, no_class_of_another_test, open_class, press, state, words

__all__ = ["no_class_of_another_test"]


KEEP = "Keep your reason."
"""How the explanation of the first step begins."""


def teach_step(teacher: AppTest, step: str) -> None:
    """The teacher opens a step of the lesson that ships, by its link."""
    teacher.query_params["lesson"], teacher.query_params["step"] = "degradation", step
    later(teacher)


def labels(app: AppTest) -> str:
    return "\n".join(toggle.label for toggle in app.toggle)


def test_students_are_brought_to_the_teachers_step_until_they_walk_freely(bench: Bench) -> None:
    teacher, code, _ = open_class(bench)
    student = join(bench, code)
    assert following.FOLLOWS not in student.session_state
    teach_step(teacher, "2")
    assert (state().room.lesson, state().room.step) == ("degradation", "2")
    later(student)
    assert student.session_state[following.BROUGHT] == ("degradation", 2)
    assert "step 2 of" in labels(student)

    student.toggle(key=following.FOLLOWS).set_value(False).run()
    teach_step(teacher, "3")
    later(student)
    assert following.BROUGHT not in student.session_state
    student.toggle(key=following.FOLLOWS).set_value(True).run()
    assert student.session_state[following.BROUGHT] == ("degradation", 3)


def test_a_lessons_own_question_is_voted_on_beside_its_step(bench: Bench) -> None:
    teacher, code, _ = open_class(bench)
    student = join(bench, code)
    for each in (teacher, student):
        each.query_params["lesson"], each.query_params["step"] = "degradation", "1"
        each.switch_page("../pages/lessons.py")
        later(each)
    assert not any(button.label == class_votes.PUT for button in student.button), "the teacher's alone"
    press(teacher, class_votes.PUT)
    later(student)
    (name,) = [question.name for question in state().questions]
    student.text_input[0].input("Too few **weights**")
    press(student, "Vote")
    assert voting.STORED in words(student)
    assert KEEP not in words(student)
    assert KEEP not in words(teacher)
    press(teacher, "Reveal")
    assert KEEP in words(teacher), "the teacher sees the explanation with the class"
    assert "Your answer" not in words(teacher)
    assert KEEP in words(later(student))
    assert escaped("Too few **weights**") in words(student), "the words of a visitor are no Markdown"
    assert student.session_state[own_questions.GIVEN] == {name: "Too few **weights**"}
    for each in (teacher, student):
        assert [list(frame.value.iloc[0]) for frame in each.dataframe] == [["Too few **weights**", 1]]


def test_the_teacher_sees_where_students_are_and_can_leave_them_alone(bench: Bench) -> None:
    teacher, code, _ = open_class(bench)
    student = join(bench, code)
    student.query_params["lesson"], student.query_params["step"] = "degradation", "4"
    later(student)
    assert state().steps == {"4": 1}
    teach_step(teacher, "2")
    teacher.toggle(key=following.LEADS).set_value(False).run()
    assert state().room.lesson == ""
    board.board.clear()
    assert "step" not in labels(student.run())


def test_an_open_question_is_said_on_other_pages(bench: Bench) -> None:
    teacher, code, _ = open_class(bench)
    student = join(bench, code)
    ask(teacher, "Ready?", "Yes\nNo")
    assert not links(later(student)), "the question itself is on this page"
    student.switch_page("../pages/figures.py")
    assert links(later(student)) == [following.VOTE]


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.get("page_link") if link.proto.label == following.VOTE]
