"""The claims on copying, on results that a test can calculate."""

from explorer.experiments.catalogue.inserted_layers import DeeperNetwork, InsertedResult
from explorer.experiments.catalogue.learn_identity import IdentityFit, IdentityResult
from explorer.experiments.claims import Verdict
from explorer.experiments.claims.copying import (
    PLAIN,
    RESIDUAL,
    RESIDUALS,
    SILENT,
    judge_insert,
    judge_learn,
    judge_start,
)
from explorer.experiments.result import Training
from tests.texts import numbers

HOLDS, FAILS, UNDECIDED = Verdict


def inserted(seed: int, silent: float, plain: float) -> list[DeeperNetwork]:
    training = Training("a", seed, (), (), 0.1, 2.0, 1.0)
    errors = {"silent": silent, "usual": 70.0, "plain": plain}
    return [DeeperNetwork(kind, 1, 14, 2.0, error, training) for kind, error in errors.items()]


def test_silent_blocks_must_change_nothing_and_plain_ones_must_leave_a_guess() -> None:
    good = inserted(0, 2.0, 90.0)
    found = judge_insert(InsertedResult(tuple(good)))
    assert (found.verdict, numbers(found.numbers)[:4]) == (HOLDS, ["2.0", "2.0", "70", "90"])
    for bad in (inserted(1, 2.1, 90.0), inserted(1, 2.0, 80.0)):
        assert judge_insert(InsertedResult((*good, *bad))).verdict is UNDECIDED
        assert judge_insert(InsertedResult(tuple(bad))).verdict is FAILS
    assert judge_insert(InsertedResult(())).verdict is UNDECIDED


def fits(**ends: float) -> IdentityResult:
    labels = {"plain": PLAIN, "residual": RESIDUAL, "four": RESIDUALS, "silent": SILENT}
    return IdentityResult(tuple(IdentityFit(labels[name], 0, (0, 5), (1.0, end)) for name, end in ends.items()))


def test_the_plain_block_must_be_ten_times_as_far() -> None:
    assert judge_learn(fits(plain=0.5, residual=0.05)).verdict is HOLDS
    assert judge_learn(fits(plain=0.5, residual=0.06)).verdict is FAILS
    assert judge_learn(fits(plain=0.5)).verdict is UNDECIDED
    assert numbers(str(judge_learn(fits(plain=0.5, residual=0.05)).numbers))[:2] == ["0.5", "0.05"]


def test_four_blocks_must_be_far_unless_they_start_silent() -> None:
    assert judge_start(fits(four=0.3, silent=0.0)).verdict is HOLDS
    assert judge_start(fits(four=0.1, silent=0.0)).verdict is FAILS
    assert judge_start(fits(four=0.3, silent=1e-6)).verdict is FAILS
    assert judge_start(fits(four=0.3)).verdict is UNDECIDED
