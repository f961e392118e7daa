"""The claims on starts and on weight decay, on results that a test can calculate."""

import pytest

from explorer.experiments.catalogue.signal_and_gradient import SignalReading
from explorer.experiments.catalogue.starts import StartPoint, StartsResult
from explorer.experiments.catalogue.weight_decay import DecayPoint, DecayResult
from explorer.experiments.claims import Verdict
from explorer.experiments.claims.lesion import PLAIN
from explorer.experiments.claims.starts import LEARNS_BELOW, judge_branches, judge_grid
from explorer.experiments.claims.weight_decay import judge_decay
from explorer.experiments.result import Training
from tests.texts import numbers

HOLDS, FAILS, UNDECIDED = Verdict
READING = SignalReading(0, 2.3, (1.0,), (1.0,), (1.0,), (1.0,), (1.0,), (1.0,), (1.0,))


def started(start: str, seed: int, loss: float, diverged: str = "") -> StartPoint:
    return StartPoint(PLAIN, start, ("layer1.0",), READING, Training(start, seed, (), (), loss, 1.0, 1.0, diverged))


@pytest.mark.parametrize(
    ("usual", "identity", "verdict"),
    [
        ((2.3, 2.31), (0.3, 0.5), HOLDS),
        ((2.3, 0.1), (0.3, 0.5), UNDECIDED),
        ((2.3, 2.3), (2.3, LEARNS_BELOW), FAILS),
    ],
)
def test_the_identity_must_learn_and_he_must_not(
    usual: tuple[float, ...], identity: tuple[float, ...], verdict: Verdict
) -> None:
    points = [
        started(start, seed, loss)
        for start, losses in (("he", usual), ("identity", identity))
        for seed, loss in enumerate(losses)
    ]
    found = judge_grid(StartsResult(tuple(points)))
    assert found.verdict is verdict
    assert f"{min(usual):.3g}" in numbers(found.numbers)
    assert f"{min(identity):.3g}" in numbers(found.numbers)
    assert judge_grid(StartsResult(tuple(points[:2]))).verdict is UNDECIDED


def test_a_start_from_which_the_training_ran_away_has_not_learned() -> None:
    points = (started("he", 0, float("nan"), "lost"), started("identity", 0, 0.2))
    assert judge_grid(StartsResult(points)).verdict is HOLDS


def decayed(decay: float, seed: int, *shares: float) -> DecayPoint:
    return DecayPoint(decay, ("a", "b"), shares, Training("x", seed, (), (), 0.1, 1.0, 1.0))


def test_the_last_block_decides_and_the_ends_of_the_values_are_compared() -> None:
    smaller = (decayed(0.1, 0, 9, 0.2), decayed(0.0, 0, 1, 0.6), decayed(0.01, 0, 1, 0.9))
    found = judge_decay(DecayResult(smaller))
    assert (found.verdict, numbers(found.numbers)[:2]) == (HOLDS, ["0.60", "0.20"])
    larger = (decayed(0.1, 1, 0, 0.7), decayed(0.0, 1, 1, 0.6))
    assert judge_decay(DecayResult(larger)).verdict is FAILS
    assert judge_decay(DecayResult(smaller + larger)).verdict is UNDECIDED
    assert judge_decay(DecayResult(larger[:1])).verdict is UNDECIDED


def test_every_small_branch_must_learn_and_he_must_not() -> None:
    def of(seed: int, **losses: float) -> list[StartPoint]:
        return [started(start, seed, loss) for start, loss in losses.items()]

    good = of(0, he=2.3, branch_root=0.5, fixup=0.6)
    found = judge_branches(StartsResult(tuple(good)))
    assert found.verdict is HOLDS
    assert {"2.3", "0.5", "0.6"} <= set(numbers(found.numbers))
    assert judge_branches(StartsResult((*good, *of(1, he=2.3, branch_root=0.5, fixup=2.3)))).verdict is UNDECIDED
    assert judge_branches(StartsResult(tuple(of(0, he=0.4, branch_root=0.5)))).verdict is FAILS
    assert judge_branches(StartsResult(tuple(of(0, he=2.3)))).verdict is UNDECIDED
