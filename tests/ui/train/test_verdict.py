"""What a comparison showed: stated where it is clear, and otherwise called too close."""

from math import inf

import pytest

from explorer.model import preset
from explorer.ui.train.verdict import Order, Outcome, sentences
from tests.texts import numbers


def ended(name: str, *losses: float) -> Outcome:
    spec = preset(name)
    return Outcome(name, spec.depth, name.startswith("cifar_plain"), str(spec.depth), name.rstrip("0123456789"), losses)


@pytest.mark.parametrize(
    ("losses", "others", "order"),
    [
        ((0.01,), (1.6,), "lower"),
        ((1.6,), (0.01,), "higher"),
        ((0.5,), (0.9,), "too close"),  # less than twice
        ((0.001,), (0.02,), "too close"),  # both have learnt everything
        ((0.01, 0.9), (1.0, 1.1), "too close"),  # one seed is near
        ((0.01, 0.02), (1.0, 1.1), "lower"),
        ((0.01,), (inf,), "lower"),
        ((inf,), (inf,), "too close"),
    ],
)
def test_a_difference_must_be_clear_for_every_seed(
    losses: tuple[float, ...], others: tuple[float, ...], order: Order
) -> None:
    assert ended("cifar_resnet20", *losses).against(ended("cifar_plain20", *others)) == order


def test_the_default_comparison_says_who_won_and_what_depth_did() -> None:
    """The losses of the default comparison after 200 steps, one seed each."""
    losses = {"cifar_plain20": 0.06, "cifar_plain56": 1.65, "cifar_resnet20": 0.004, "cifar_resnet56": 0.005}
    found = sentences([ended(name, loss) for name, loss in losses.items()])
    told = [numbers(sentence.replace(".**", "")) for sentence in found]
    assert told[0] == ["20", "0.004", "0.06"]
    assert told[1] == ["56", "0.005", "1.65"]
    assert told[2] == ["20", "56", "1.65", "56", "0.06", "20"]
    assert told[3] == ["20", "56", "0.005", "56", "0.004", "20"]
    assert len(found) == 5
    several = sentences([ended(name, loss, loss) for name, loss in losses.items()])
    assert len(several) == 4, "the warning of a single seed is gone"


def test_networks_without_a_twin_are_ranked_only_where_one_is_ahead() -> None:
    ahead = sentences([ended("cifar_resnet20", 0.1, 0.2), ended("cifar_preact110", 0.9, 1.0)])
    close = sentences([ended("cifar_resnet20", 0.1, 0.2), ended("cifar_preact110", 0.3, 1.0)])
    assert len(ahead) == len(close) == 1
    assert ahead[0].partition(close[0][:10])[0] == ahead[0], "another sentence"
    assert "cifar_resnet20" in ahead[0]
