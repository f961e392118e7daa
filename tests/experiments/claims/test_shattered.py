"""The claims of lab 11: what results that a test can calculate say of them, and the requests that test them."""

import math

from explorer.experiments.catalogue.shattered_gradients import MOST_STEPS, LineGradients, ShatteredResult
from explorer.experiments.catalogue.two_inputs import InputPairs, TwoInputsResult
from explorer.experiments.claims import Verdict
from explorer.experiments.claims.lesion import PLAIN, RESIDUAL
from explorer.experiments.claims.shattered import (
    GRADIENTS_CLAIM,
    INPUTS_CLAIM,
    judge_gradients,
    judge_inputs,
    judge_law,
    name_at,
)
from explorer.experiments.result import Training
from tests.texts import numbers

HOLDS, FAILS, UNDECIDED = Verdict
BLOCKS = 12
EXPONENTIAL = tuple(math.exp(-0.15 * block) for block in range(1, BLOCKS + 1))
POWER = tuple(0.9 / block**0.3 for block in range(1, BLOCKS + 1))
GROWING = tuple(0.1 * block**0.3 for block in range(1, BLOCKS + 1))


def training(label: str, seed: int = 0) -> Training:
    return Training(label, seed, (), (), math.nan, math.nan, 0.0)


def gradients(*cosines: dict[tuple[str, int], float]) -> ShatteredResult:
    """The cosine of neighbours by kind and depth, one table for each seed."""
    return ShatteredResult(
        tuple(
            LineGradients(name, depth, (cosine,) * MOST_STEPS, (1.0,) * 20, 1.0, 64, training(name, seed))
            for seed, table in enumerate(cosines)
            for (kind, depth), cosine in table.items()
            if (name := name_at(kind, depth))
        )
    )


def cosines(plain: float, residual: float) -> dict[tuple[str, int], float]:
    """At 8 layers .9 and .95, at 20 something between, at 56 as given."""
    return {
        (PLAIN, 8): 0.9,
        (RESIDUAL, 8): 0.95,
        (PLAIN, 20): 0.5,
        (RESIDUAL, 20): 0.8,
        (PLAIN, 56): plain,
        (RESIDUAL, 56): residual,
    }


def pairs(plain: tuple[float, ...], residual: tuple[float, ...], seed: int = 0) -> TwoInputsResult:
    found = [(PLAIN, plain), (RESIDUAL, residual)]
    return TwoInputsResult(
        tuple(InputPairs(label, (1.0, *near), (0.0,) * (len(near) + 1), training(label, seed)) for label, near in found)
    )


def test_the_plain_gradients_have_to_fall_further_and_to_end_lower() -> None:
    yes = judge_gradients(gradients(cosines(0.02, 0.7), cosines(0.01, 0.72)))
    assert yes.verdict is HOLDS
    assert numbers(yes.numbers)[:9] == ["8", "0.90", "0.95", "56", "0.01", "0.01", "0.02", "0.71", "0.70"]
    assert judge_gradients(gradients(cosines(0.8, 0.5))).verdict is FAILS
    assert judge_gradients(gradients(cosines(0.86, 0.87))).verdict is FAILS, "it is the residual one that falls further"
    assert judge_gradients(gradients(cosines(0.02, 0.7), cosines(0.8, 0.5))).verdict is UNDECIDED


def test_gradients_need_both_kinds_at_two_depths() -> None:
    table = cosines(0.02, 0.7)
    for kept in ([(PLAIN, 8), (PLAIN, 56)], [(PLAIN, 56), (RESIDUAL, 56)], [(PLAIN, 8), (RESIDUAL, 56)]):
        outcome = judge_gradients(gradients({key: table[key] for key in kept}))
        assert outcome.verdict is UNDECIDED
        assert PLAIN in str(outcome.numbers)
    dead = judge_gradients(gradients(cosines(math.nan, 0.7) | {(PLAIN, 20): math.nan}))
    assert dead.verdict is UNDECIDED


def test_the_plain_network_has_to_keep_less_than_half_as_much() -> None:
    outcome = judge_inputs(pairs(EXPONENTIAL, POWER))
    assert outcome.verdict is HOLDS
    left = [100 * values[-1] / values[0] for values in (EXPONENTIAL, POWER)]
    assert numbers(outcome.numbers)[:2] == [f"{each:.0f}" for each in left]
    assert judge_inputs(pairs(POWER, POWER)).verdict is FAILS
    assert judge_inputs(pairs((0.0,) * BLOCKS, POWER)).verdict is UNDECIDED, "nothing is left after the first block"
    assert judge_inputs(pairs((math.nan,) * BLOCKS, POWER)).verdict is UNDECIDED


def test_the_law_is_exponential_in_one_and_a_power_in_the_other() -> None:
    assert judge_law(pairs(EXPONENTIAL, POWER)).verdict is HOLDS
    for plain, residual in ((EXPONENTIAL, EXPONENTIAL), (POWER, POWER), (EXPONENTIAL, GROWING)):
        assert judge_law(pairs(plain, residual)).verdict is FAILS
    grown = str(judge_law(pairs(EXPONENTIAL, GROWING)).numbers)
    assert numbers(grown)[2:4] == ["1", "0"] or "falls in 0 of 1" in grown


def test_the_defaults_are_those_of_the_questions() -> None:
    depths = [each.spec.depth for each in GRADIENTS_CLAIM.request().networks]
    assert depths == [8, 20, 56] * 2
    assert [(each.label, each.spec.depth) for each in INPUTS_CLAIM.request().networks] == [(PLAIN, 50), (RESIDUAL, 50)]
