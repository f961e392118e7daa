"""What the lesson says of its chain of one number is the arithmetic of that chain."""

import re

import pytest

from explorer.analysis.theory import Chain
from explorer.ui.labs.shared import text
from explorer.ui.lesson.chain import QUESTION, decades, number, step_sentence, ways_sentence

PLAIN, RESIDUAL = Chain(20, 0.5), Chain(20, 0.5, 1.0)
SUM = re.compile(r"\$(.*?)\$")


def value(mathematics: str) -> float:
    """What a formula of numbers, products and sums comes to."""
    total = 0.0
    for term in mathematics.split(" + "):
        product = 1.0
        for factor in term.split(r" \cdot "):
            power = re.fullmatch(r"10\^\{(-?\d+)\}", factor)
            product *= 10.0 ** int(power[1]) if power else float(factor)
        total += product
    return total


@pytest.mark.parametrize("at", [1, 7, 20, 21, 40])
def test_every_step_is_a_true_equation(at: int) -> None:
    formulas = SUM.findall(step_sentence(PLAIN, RESIDUAL, at))
    assert len(formulas) == 2
    for formula in formulas:
        left, right = formula.split(" = ")
        assert value(left) == pytest.approx(value(right), rel=2e-3)


def test_forwards_ends_where_the_gradient_at_the_input_ends() -> None:
    forwards, backwards = (SUM.findall(step_sentence(PLAIN, RESIDUAL, at))[0].split(" = ")[1] for at in (20, 40))
    assert forwards == backwards == r"9.537 \cdot 10^{-7}"
    assert "block 20 of 20" in step_sentence(PLAIN, RESIDUAL, 20)
    assert "block 20 of 20" in step_sentence(PLAIN, RESIDUAL, 21)
    assert "block 1 of 20" in step_sentence(PLAIN, RESIDUAL, 40)


def test_the_ways_that_contribute_most_are_named() -> None:
    sentence = ways_sentence(RESIDUAL)
    most = max(range(21), key=RESIDUAL.ways.__getitem__)
    assert f"through {most} layers" in sentence
    assert "1,048,576 ways" in sentence
    assert number(RESIDUAL.values[-1]) in sentence


@pytest.mark.parametrize(
    ("given", "written"), [(0, "0"), (1, "1"), (-0.25, "-0.25"), (3325.26, "3325"), (1.5e9, r"1.5 \cdot 10^{9}")]
)
def test_numbers(given: float, written: str) -> None:
    assert number(given) == written


def test_the_axis_holds_every_value_of_both_chains() -> None:
    assert decades(PLAIN, RESIDUAL) == (-7, 4)
    assert decades(Chain(3, 0.0), Chain(3, 0.0, 1.0)) == (-1, 1)


def test_the_question_is_answered_after_it_is_asked() -> None:
    before = text.section("lesson", "chain") + QUESTION.text
    assert not any(words in before for words in QUESTION.gives_away)
    assert all(words in str(QUESTION.reveal) for words in QUESTION.gives_away)
