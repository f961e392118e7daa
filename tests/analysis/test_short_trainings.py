"""The record of short trainings is complete, and what texts quote of it is what it says."""

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from explorer.analysis.short_trainings import (
    AS_HERE,
    CONDITIONS,
    DEFAULT,
    NO_NORM,
    ORDERS,
    SMALL,
    Range,
    range_of,
    short_trainings,
    trainings_of,
    two_digits,
)
from explorer.runs.events import Diagnostics, Diverged, Finished, Started, Step
from scripts.short_trainings import SEEDS, STUDIES, WAYS, record

ROOT = Path(__file__).parents[2]
LESSON, README = "assets/text/en/lessons/degradation.md", "README.md"
SIGNAL, HINTS = "assets/text/en/labs/signal.md", "assets/text/en/train_hints.md"
NAMES = {"cifar_plain20": "plain, 20", "cifar_plain56": "plain, 56"} | {
    "cifar_resnet20": "residual, 20",
    "cifar_resnet56": "residual, 56",
}


def text(study: str, network: str, column: str) -> str:
    return range_of(trainings_of(study, network), column).text


def later(network: str) -> str:
    """The range of all readings of a ratio after the first."""
    rows = trainings_of(DEFAULT, network)
    return Range(range_of(rows, "later_low").low, range_of(rows, "later_high").high).text


def row(network: str) -> str:
    loss, error = (text(DEFAULT, network, column) for column in ("train_loss", "test_error"))
    return f"| {NAMES[network]} layers | {loss} | {error} % |"


def losses_at_both_depths(order: str) -> str:
    return " and ".join(text(ORDERS, f"{order}{depth}", "train_loss") for depth in (20, 56))


QUOTED: list[tuple[str, Callable[[], str]]] = [
    (README, lambda: f"56 layers ended at training losses of {text(DEFAULT, 'cifar_plain56', 'train_loss')}, the"),
    (README, lambda: f"same depth at {text(DEFAULT, 'cifar_resnet56', 'train_loss')}:"),
    (LESSON, lambda: row("cifar_plain20")),
    (LESSON, lambda: row("cifar_plain56")),
    (LESSON, lambda: row("cifar_resnet20")),
    (LESSON, lambda: row("cifar_resnet56")),
    (LESSON, lambda: f"of {len(trainings_of(DEFAULT, 'cifar_plain56'))} trainings of each network"),
    (LESSON, lambda: f"it was {text(DEFAULT, 'cifar_plain56', 'ratio')} times before the first step"),
    (LESSON, lambda: f"and {later('cifar_plain56')} times at the later"),
    (LESSON, lambda: f"shortcuts it was {text(DEFAULT, 'cifar_resnet56', 'ratio')} times before"),
    (LESSON, lambda: f"and {later('cifar_resnet56')} times later"),
    (SIGNAL, lambda: f"first step is {text(NO_NORM, 'residual56', 'first_loss')}."),
    (SIGNAL, lambda: f"losses of {text(NO_NORM, 'zero56', 'train_loss')} in all five"),
    (SIGNAL, lambda: f"trains as it is ({text(NO_NORM, 'residual20', 'train_loss')});"),
    (SIGNAL, lambda: f"does not ({text(NO_NORM, 'plain20', 'train_loss')})"),
    (HINTS, lambda: f"first block gets {later('cifar_plain56')} times"),
    (HINTS, lambda: f"With shortcuts it is {later('cifar_resnet56')} times"),
    (HINTS, lambda: f"addition was {text(ORDERS, 'bn_after_add20', 'train_loss')} at 20 layers"),
    (HINTS, lambda: f"{text(ORDERS, 'bn_after_add56', 'train_loss')} at 56; the original order"),
    (HINTS, lambda: f"ended at {losses_at_both_depths('post')}, full"),
    (HINTS, lambda: f"pre-activation at {losses_at_both_depths('preact')}."),
]


@pytest.mark.parametrize(("path", "quoted"), QUOTED, ids=range(len(QUOTED)))
def test_texts_quote_the_record(path: str, quoted: Callable[[], str]) -> None:
    assert quoted() in " ".join((ROOT / path).read_text().split())


def test_the_text_on_networks_without_norms_holds_for_every_seed() -> None:
    assert range_of(trainings_of(NO_NORM, "plain56"), "first_gradient").high < 1e-5
    assert text(NO_NORM, "plain56", "train_loss") == "2.3"
    residual = trainings_of(NO_NORM, "residual56")
    diverged = [each.diverged_at for each in residual if each.diverged_at]
    assert set(diverged) == {2}
    words = ("none", "one", "two", "three", "four", "five")
    assert f"{words[len(diverged)]} of five trainings diverged at step 2" in " ".join(
        (ROOT / SIGNAL).read_text().split()
    )
    assert {two_digits(each.train_loss) for each in residual if not each.diverged_at} == {"2.3"}


def test_the_record_has_every_training_of_the_command() -> None:
    expected = {
        (study, network, condition, seed)
        for condition, way in WAYS.items()
        for study in way.studies
        for network in STUDIES[study].networks
        for seed in range(way.seeds)
    }
    assert set(WAYS) == set(CONDITIONS)
    assert {(each.study, each.network, each.condition, each.seed) for each in short_trainings()} == expected
    assert len(short_trainings()) == len(expected)


def test_in_every_condition_and_seed_the_deep_plain_network_is_far_behind() -> None:
    """The order, which the texts call the same everywhere, for the default comparison and the labs' networks."""
    for study, plain, residual in ((DEFAULT, "cifar_plain56", "cifar_resnet56"), (SMALL, "plain56", "residual56")):
        behind, ahead = (range_of(trainings_of(study, name), "train_loss") for name in (plain, residual))
        assert behind.low > 5 * ahead.high
    assert len([each for each in trainings_of(DEFAULT, "cifar_plain56") if each.condition == AS_HERE]) == SEEDS


def test_a_row_is_what_the_events_say() -> None:
    started = Started(0, "cpu", "", "fp32", 20, 8, 1, 1, 1, layers=("conv1", "layer1.0.conv1", "layer3.0.conv2", "fc"))
    step = Step(1, 2.5, 90.0, 0.1, 0.0)
    readings = [Diagnostics(1, (9.0, 6.0, 2.0, 9.0)), Diagnostics(11, (9.0, 1.0, 2.0, 9.0))]
    ended = Finished(20, 0.25, 4.0, 1.0, 0.5, 1.0, 9.0)
    found = record(SMALL, "plain8", AS_HERE, 3, [started, step, *readings, ended])
    assert (found.first_loss, found.train_loss, found.test_error) == (2.5, 0.25, 4.0)
    assert (found.first_gradient, found.ratio, found.later_low, found.later_high) == (6.0, 3.0, 0.5, 0.5)
    assert record(SMALL, "plain8", AS_HERE, 3, [started, Diverged(7, "", 0.0)]).diverged_at == 7


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.00199, "0.0020"), (0.0996, "0.10"), (9.96, "10"), (1663.0, "1,700"), (0.5, "0.50"), (0, "0")],
)
def test_numbers_have_two_digits(value: float, shown: str) -> None:
    assert two_digits(value) == shown


def test_the_border_of_zeros_explains_the_gradient_without_norms() -> None:
    """A 3x3 filter meets a map of n pixels with (3 n - 2) / n of its three columns, at the mean over the places."""
    kept = [sum(2 + (0 < place < side - 1) for place in range(side)) / (3 * side) for side in (8, 4, 2)]
    assert [Fraction(each).limit_denominator(99) for each in kept] == [Fraction(11, 12), Fraction(5, 6), Fraction(2, 3)]
    quoted = (ROOT / SIGNAL).read_text()
    assert "2.75, 2.5 and 2 of its" in quoted
    assert f"{math.prod(kept) ** 18:.0e}" == "5e-06"
    assert r"5 \cdot 10^{-6}" in quoted
