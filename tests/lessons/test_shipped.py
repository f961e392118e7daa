"""The lessons that ship: their files have no faults, and the numbers in their texts are stored or counted ones."""

from pathlib import Path

import pytest

from explorer.analysis.published import published_tables
from explorer.experiments.claims.measured import measured_outcomes
from explorer.language import speaking
from explorer.language.catalogues import SOURCE, languages
from explorer.lessons.lesson import OWN, PAGE, Step
from explorer.lessons.library import lesson_files, lesson_text
from explorer.lessons.parser import read_lesson
from explorer.model import ModelSpec, assemble, preset
from explorer.ui.common.texts import text_of
from explorer.ui.lessons import opening
from explorer.ui.lessons.tables import AppTables

NAMES = list(lesson_files(opening.shipped()))
CLAIMED = {
    ("degradation", "degradation/insert"): ("1.1 % (0.8 to 1.4)", "92 % (86 to 93)"),
    ("degradation", "signal/blocks"): ("1,176 (760 to 1,222)",),
    ("shortcuts", "shortcuts/options"): (
        *("without shortcuts 0.393 (0.359 to 0.404)", "with A 0.0514 (0.0463 to 0.0711)"),
        *("with B 0.0825 (0.0331 to 0.113)", "with C 0.199 (0.113 to 0.204)"),
    ),
    ("shortcuts", "shortcuts/kinds"): ("74 % (72 to 83)", "5 % (4 to 7)"),
    ("shortcuts", "signal/factor"): ("λ = 0.5 2.08 (2.07 to 2.2)", "λ = 1 0.391 (0.333 to 0.595)"),
    ("shortcuts", "order/orders"): (
        *("(a) 15.3 % (14.2 to 16.9)", "(b) 83.9 % (80.3 to 86.4)", "(c) 80.6 % (66.9 to 85.3)"),
        *("(d) 13.9 % (6.7 to 21.7)", "(e) 45.8 % (30.6 to 47.2)"),
    ),
}
"""What a lesson quotes of a stored claim's result."""
COUNTED = {
    "degradation": ("cifar_plain20", "cifar_resnet20"),
    "resnext": ("resnet50", "resnext50_32x4d"),
}
"""Networks whose parameters and MACs a lesson names."""
PRINTED = [
    ("degradation", "he2015", "6", "ResNet-20", "8.75"),
    ("degradation", "he2015", "6", "ResNet-56", "6.97"),
    ("degradation", "he2015", "6", "ResNet-110", "6.43"),
    ("shortcuts", "he2015", "3", "ResNet-34 A", "25.03"),
    ("shortcuts", "he2015", "3", "ResNet-34 C", "24.19"),
    ("shortcuts", "he2016", "1", "original", "6.61"),
    ("shortcuts", "he2016", "1", "shortcut-only", "6.91"),
    ("shortcuts", "he2016", "1", "shortcut-only", "12.86"),
    ("resnext", "resnext", "3", "ResNet-50", "23.9"),
    ("resnext", "resnext", "3", "ResNeXt-50", "22.2"),
]
"""Errors in percent that a lesson quotes of a paper's table."""


def words(name: str) -> str:
    return " ".join(lesson_text(name, opening.shipped()).split())


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_that_ships_has_no_fault_and_fills_a_period(name: str) -> None:
    found = opening.lesson_of(name)
    assert [fault.sentence for fault in found.faults] == []
    assert found.lesson.minutes == 45
    assert all(step.minutes and step.text and step.task for step in found.lesson.steps)


@pytest.mark.parametrize("language", [language for language in languages() if language != SOURCE])
@pytest.mark.parametrize("name", NAMES)
def test_a_translated_lesson_has_the_same_steps(name: str, language: str) -> None:
    def shape(step: Step) -> object:
        own = step.own and (step.own.asked.kind, len(step.own.asked.options), step.own.right)
        parts = [bool(text) for text in (step.reveal, step.paper, step.notes)]
        return step.minutes, step.page, step.query, step.controls, step.question, own, parts

    english = opening.lesson_of(name)
    with speaking(language):
        own = opening.lesson_of(name)
        assert [fault.sentence for fault in own.faults] == []
    assert [shape(step) for step in own.lesson.steps] == [shape(step) for step in english.lesson.steps]
    assert own.lesson.title != english.lesson.title


@pytest.mark.parametrize(("place", "quoted"), CLAIMED.items(), ids=["-".join(each) for each in CLAIMED])
def test_lessons_quote_stored_claims(place: tuple[str, str], quoted: tuple[str, ...]) -> None:
    lesson, claim = place
    result = str(measured_outcomes()[claim].numbers)
    for part in quoted:
        assert part in result
        assert part in words(lesson)


@pytest.mark.parametrize("name", COUNTED)
def test_lessons_name_exact_counts(name: str) -> None:
    for network in COUNTED[name]:
        cost = assemble(preset(network)).cost
        assert f"{cost.params:,}" in words(name)
        assert f"{cost.macs:,}" in words(name)


def test_the_widths_of_paths_are_those_of_the_solver() -> None:
    eight = assemble(ModelSpec(**(preset("resnet50").to_dict() | {"cardinality": 8, "base_width": 14}))).cost
    assert f"14 channels: together they are 112 wide, with {eight.params:,} parameters" in words("resnext")
    assert f"({2 * assemble(preset('resnet50')).cost.macs:,} FLOPs)" in words("resnext")
    one, many = (paths * (256 * width + 9 * width * width + width * 256) for paths, width in ((1, 64), (32, 4)))
    assert f"= {one:,}." in words("resnext")
    assert f"= {many:,}." in words("resnext")


@pytest.mark.parametrize(("lesson", "paper", "table", "network", "error"), PRINTED)
def test_lessons_quote_printed_errors(lesson: str, paper: str, table: str, network: str, error: str) -> None:
    (rows,) = (each.rows for each in published_tables() if (each.paper.key, each.number) == (paper, table))
    assert any(row.network.startswith(network) and row.top1 == error for row in rows)
    assert f"{error} %" in words(lesson)


def test_files_are_named_as_links_name_them() -> None:
    assert set(NAMES) == {path.stem for path in Path(opening.shipped()[-1]).glob("*.md")}


def test_the_guide_shows_the_template_and_the_template_is_a_lesson() -> None:
    template = text_of("lesson_template")
    assert f"````markdown\n{template.rstrip()}\n````" in Path("docs/guide/lessons.md").read_text()
    found = read_lesson("mine", template, AppTables())
    assert found.faults == ()
    assert [step.question for step in found.lesson.steps] == [OWN, "", PAGE]
    assert all(each in template for each in ("### On paper", "### For the teacher", "### Reveal"))
