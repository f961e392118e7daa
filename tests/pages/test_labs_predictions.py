"""No page shows the answer to its question before the visitor has predicted."""

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.classes.questions import NewQuestion
from explorer.experiments import Refusal
from explorer.language import told
from explorer.ui.labs.registry import LABS
from explorer.ui.labs.shared import experiment, predict, seen, text
from explorer.ui.labs.shared.questions import Question
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager
from tests.pages.test_labs import PARTS, open_part, press

__all__ = ["job_manager"]
OTHER_SETTINGS = [
    ("signal", "blocks", {"norm": "none"}),
    ("signal", "blocks", {"depth": "20"}),
    ("shattered", "inputs", {"norm": "none"}),
]
ASKING = [(lab, part) for lab, part in PARTS if LABS[lab].part(part).asks]
SETTINGS = [(lab, part, {}) for lab, part in ASKING] + OTHER_SETTINGS
TELLING = re.compile(r"\d+[.,]\d[\d,.]*\d|\d+\.\d|\d{4,}|\d+ %")
"""Numbers that nobody writes by chance: with a point, of four digits and more, or in percent."""
YEAR = re.compile(r"(19|20)\d\d")
SENTENCE = re.compile(r"(?<=[.?!])\s+")
NO_ANSWER = {"shortcuts": ("filters",)}
"""Sections of a lab's text on something that none of its questions asks."""
SHORTEST = 25
"""Characters of a sentence that is looked for."""


def words(written: str) -> str:
    return " ".join(written.split()).casefold()


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """The first questions that pages draw."""
    drawn: list[Question] = []
    draw = predict.draw_question

    def note(question: Question) -> None:
        drawn.append(question)
        draw(question)

    monkeypatch.setattr(predict, "draw_question", note)
    return drawn


def read(app: AppTest, question: Question, *, controls: bool = True) -> str:
    """All that a reader sees of the page but the question itself: texts, tables, pictures, and labels of controls."""
    page = words(" ¶ ".join([*_texts(app), *(_labels(app) if controls else ())]))
    for own in map(told, (question.text, *question.options)):
        page = page.replace(words(own), "")
    return page


def _texts(app: AppTest) -> Iterator[str]:
    for kind in ("markdown", "caption", "latex", "info", "warning", "success", "error", "title", "header", "subheader"):
        yield from (str(each.value) for each in app.get(kind))
    for metric in app.metric:
        yield f"{metric.label} {metric.value} {metric.delta}"
    for table in app.dataframe:
        yield table.value.to_csv()
    for chart in app.get("plotly_chart"):
        yield chart.proto.spec
    for chart in app.get("graphviz_chart"):
        yield chart.proto.spec


def _labels(app: AppTest) -> Iterator[str]:
    for kind in ("select_slider", "slider", "selectbox", "button", "multiselect"):
        yield from (f"{each.label} {getattr(each, 'help', '')}" for each in app.get(kind))
    for group in app.get("button_group"):
        yield str(group.proto)


def sentences(markdown: str) -> list[str]:
    return [each for each in map(words, SENTENCE.split(markdown)) if len(each) >= SHORTEST]


def sections_behind(lab: str) -> list[str]:
    """The sections of a lab's text that are neither its introduction nor the opening of a part."""
    before = {"intro", *(part.name for part in LABS[lab].parts), *NO_ANSWER.get(lab, ())}
    return [body for name, body in text.sections(lab).items() if name not in before]


def only(questions: list[Question]) -> Question:
    assert questions, "nothing is predicted on this page"
    return questions[-1]


@pytest.mark.parametrize(("lab", "part", "settings"), SETTINGS)
def test_the_answer_is_not_on_the_page_before_the_prediction(
    bench: Bench, job_manager: FakeJobManager, questions: list[Question], lab: str, part: str, settings: dict[str, str]
) -> None:
    app = open_part(bench, lab, part, **settings)
    question = only(questions)
    assert NewQuestion(told(question.text), options=tuple(map(told, question.options))), "it can be put to a class"
    page = read(app, question)
    behind = [*map(told, (question.reveal, *question.why_not.values())), *sections_behind(lab)]
    assert [each for source in behind for each in sentences(source) if each in page] == []
    said = " ".join(map(told, (question.text, *question.options)))
    answer = " ".join(map(told, (question.reveal, *question.why_not.values())))
    numbers = set(TELLING.findall(answer)) - set(TELLING.findall(said))
    numbers -= {each for each in numbers if YEAR.fullmatch(each)}
    texts = read(app, question, controls=False)
    assert [each for each in sorted(numbers) if re.search(rf"(?<![\d.,]){re.escape(each)}(?!\d)", texts)] == []
    assert [each for each in question.gives_away if words(each) in page] == []


@pytest.mark.parametrize(("lab", "part", "settings"), SETTINGS)
def test_the_words_that_give_the_answer_away_follow_it(
    bench: Bench, job_manager: FakeJobManager, questions: list[Question], lab: str, part: str, settings: dict[str, str]
) -> None:
    """So the words of the test above are those of a page, and not of nobody."""
    app = open_part(bench, lab, part, **settings)
    question = only(questions)
    assert question.gives_away
    page = read(press(app, f"predict.{question.name}.skip"), question)
    assert any(words(each) in page for each in question.gives_away)


def shown(app: AppTest) -> list[str]:
    """What the page tells: texts, tables, pictures and files."""
    files = [each.proto.label for each in app.get("download_button")]
    views = [str(each.proto) for each in app.get("bidi_component")]
    return [*_texts(app), *files, *views]


COMPUTED = ("signal_and_gradient", "lambda_sweep", "short_race", "depth_sweep", "starts")
"""The experiments whose results the fake job manager has."""


@pytest.mark.parametrize(("lab", "part", "settings"), SETTINGS)
def test_a_result_adds_nothing_to_the_page_before_the_prediction(
    bench: Bench, job_manager: FakeJobManager, lab: str, part: str, settings: dict[str, str]
) -> None:
    """No text, table, picture or file: only the word that it is there, and how long it took."""
    app = open_part(bench, lab, part, **settings)
    run = next((each.key for each in app.button if str(each.key).endswith(".run")), None)
    before = shown(app)
    job_manager.respond = lambda request: (
        job_manager.result(request) if request.experiment in COMPUTED else Refusal("There is no such result here.")
    )
    if run is None:
        return
    press(app, run)
    added = [line for line in shown(app) if line not in before]
    told = [line for line in added if not line.startswith(("Computed here", experiment.ANSWER_FIRST, "There is no"))]
    assert told == []


@pytest.mark.parametrize(
    ("lab", "part", "name", "right"),
    [
        ("degradation", "copy", "copy", "None"),
        ("signal", "factor", "factor", seen.NOT_CLEAR),
        ("shortcuts", "options", "options", "C: all projected"),
    ],
)
def test_the_second_question_is_on_the_result(
    bench: Bench, job_manager: FakeJobManager, lab: str, part: str, name: str, right: str
) -> None:
    """In the results of these tests every usual branch adds something, and the losses of λ = 0.5 and 1.5 are equal."""
    app = open_part(bench, lab, part)
    second = f"predict.{name}.seen"
    press(app, f"{name}.run")
    assert f"{second}.choice" not in [each.key for each in app.radio], "it is asked before the prediction"
    press(app, f"predict.{name}.skip")
    place = app.radio(key=f"{second}.choice").options.index(right)
    app.radio(key=f"{second}.choice").set_value(place).run()
    press(app, f"{second}.commit")
    assert f"Your answer: {right}" in " ".join(each.value for each in app.markdown)
    assert sum("check_circle" in each.value for each in app.markdown) == 1


@pytest.mark.parametrize(("lab", "part"), ASKING)
def test_every_wrong_option_has_a_sentence_of_its_own(
    bench: Bench, job_manager: FakeJobManager, questions: list[Question], lab: str, part: str
) -> None:
    open_part(bench, lab, part)
    question = only(questions)
    wrong = {option for place, option in enumerate(question.options) if place != question.right}
    assert set(question.why_not) == wrong
    assert all(question.why_not.values())
    assert question.seen is not None, "nothing is asked after the result"
