"""The labs' claims: what a result says of them, in results that a test can calculate."""

import math
from dataclasses import replace

import pytest

from explorer.experiments.catalogue.depth_sweep import DepthPoint, DepthSweepResult
from explorer.experiments.catalogue.gradient_paths import PathLength, PathNetwork, PathResult
from explorer.experiments.catalogue.lambda_sweep import LambdaPoint, LambdaResult
from explorer.experiments.catalogue.lesion import Dropped, LesionNetwork, LesionResult
from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.catalogue.signal_and_gradient import SignalNetwork, SignalReading, SignalResult
from explorer.experiments.claims import CLAIMS, Claim, Outcome, Verdict
from explorer.experiments.claims.claim import judge_seeds, span
from explorer.experiments.claims.degradation import judge_sweep
from explorer.experiments.claims.landscape import valleys
from explorer.experiments.claims.lesion import judge_damage, judge_paths
from explorer.experiments.claims.order import LABELS, judge_orders
from explorer.experiments.claims.shortcuts import KINDS, OPTIONS, judge_kinds, judge_options
from explorer.experiments.claims.signal import PLAIN, judge_factor, judge_normalised, judge_unnormalised
from explorer.experiments.result import Training
from tests.texts import numbers

HOLDS, FAILS, UNDECIDED = Verdict


def training(label: str, error: float, seed: int = 0, loss: float = 1.0, diverged: str = "") -> Training:
    return Training(label, seed, (10,), (loss,), loss, error, 1.0, diverged)


def race(errors: dict[str, list[float]]) -> ShortTrainingResult:
    """Test errors by label, one for each seed; the training of an error that is NaN diverged."""
    return ShortTrainingResult(
        tuple(
            training(label, error, seed, diverged="lost" if math.isnan(error) else "")
            for label, values in errors.items()
            for seed, error in enumerate(values)
        )
    )


def kinds(identity: list[float], half: list[float]) -> ShortTrainingResult:
    return race({KINDS["identity"].label: identity, KINDS["half"].label: half})


def test_a_claim_holds_only_in_all_seeds() -> None:
    both, one = {0: True, 1: True}, {0: True, 1: False}
    assert judge_seeds(both, "n.", "r", "m").verdict is HOLDS
    assert judge_seeds(both, "n.", "r", "m").reason == ""
    assert judge_seeds(one, "n.", "r", "m").verdict is UNDECIDED
    assert judge_seeds(one, "n.", "r", "m").reason == "r"
    assert judge_seeds({0: False}, "n.", "r", "m").verdict is FAILS
    assert judge_seeds({}, "n.", "r", "m") == Outcome(UNDECIDED, "m")


def test_a_span_is_the_median_with_the_range_where_there_is_one() -> None:
    assert str(span([3, 1, 2], ".0f", " %")) == "2 % (1 to 3)"
    assert str(span([2, 2], ".0f")) == "2"
    assert str(span([0.12345])) == "0.123"
    assert str(span([12345.6])) == "12,346"
    assert str(span([math.inf, 0.5, 1])) == "1 (0.5 to diverged)"


def test_half_on_every_shortcut_has_to_fail_where_the_identity_does_not() -> None:
    assert judge_kinds(kinds([5, 6], [77, math.nan])).verdict is HOLDS
    assert numbers(str(judge_kinds(kinds([5, 7, 6], [77, 70, 80])).numbers))[1:4] == ["77", "70", "80"]
    assert judge_kinds(kinds([5, 6], [10, 15])).verdict is FAILS
    assert judge_kinds(kinds([30, 30], [70, 70])).verdict is FAILS
    assert judge_kinds(kinds([5, 6], [77, 15])).verdict is UNDECIDED


def test_a_seed_counts_when_all_of_its_networks_are_trained() -> None:
    assert judge_kinds(kinds([5, 50], [77])).verdict is HOLDS
    assert judge_kinds(race({KINDS["half"].label: [77]})).verdict is UNDECIDED


def options(*seeds: tuple[float, ...]) -> ShortTrainingResult:
    """Training losses of the plain network and of A, B and C, for each seed."""
    return ShortTrainingResult(
        tuple(
            training(label, 5.0, seed, loss)
            for seed, losses in enumerate(seeds)
            for label, loss in zip(OPTIONS.values(), losses, strict=True)
        )
    )


def test_the_options_have_to_be_nearer_to_one_another_than_to_the_plain_network() -> None:
    assert judge_options(options((2.0, 0.1, 0.2, 0.1))).verdict is HOLDS
    assert judge_options(options((2.0, 0.1, 1.5, 0.1))).verdict is FAILS
    assert judge_options(options((0.1, 0.1, 0.2, 0.1))).verdict is FAILS


def test_an_order_of_options_that_changes_with_the_seed_is_said() -> None:
    a, b, c = (2.0, 0.1, 0.2, 0.3), (2.0, 0.2, 0.1, 0.3), (2.0, 0.3, 0.2, 0.1)
    assert "A, B" in str(judge_options(options(a, b)).numbers)
    assert "A has the lowest in every seed; after the paper" in str(judge_options(options(a, a)).numbers)
    assert "C has the lowest in every seed." in str(judge_options(options(c, c)).numbers)


@pytest.mark.parametrize(("b", "verdict"), [(70.0, HOLDS), (5.5, FAILS)])
def test_a_norm_after_the_addition_has_to_be_the_worse_order(b: float, verdict: Verdict) -> None:
    errors = zip(LABELS.values(), (5.0, b, 60.0, 6.0, 4.0), strict=True)
    assert judge_orders(race({label: [error] for label, error in errors})).verdict is verdict


@pytest.mark.parametrize(
    ("plain_8", "plain_56", "residual_56", "verdict"),
    [(0.1, 1.7, 0.1, HOLDS), (0.1, 0.05, 0.1, FAILS), (1, 2, 3, FAILS)],
)
def test_degradation_is_a_deep_plain_network_above_a_shallow_one(
    plain_8: float, plain_56: float, residual_56: float, verdict: Verdict
) -> None:
    losses = {(8, True): plain_8, (8, False): 0.1, (56, True): plain_56, (56, False): residual_56}
    points = tuple(DepthPoint(*key, training("", 1.0, loss=loss)) for key, loss in losses.items())
    assert judge_sweep(DepthSweepResult(points)).verdict is verdict
    assert judge_sweep(DepthSweepResult(points[:2])).verdict is UNDECIDED


def signal(*ratios: float) -> SignalResult:
    """The plain network before training with these gradients at the first block over the last, one for each seed."""
    one = (1.0, 1.0)
    return SignalResult(
        tuple(
            SignalNetwork(
                PLAIN,
                ("layer1.0", "layer1.1"),
                (SignalReading(0, 2.3, one, one, one, one, one, (ratio, 1.0), one),),
                training(PLAIN, 1.0, seed),
            )
            for seed, ratio in enumerate(ratios)
        )
    )


def test_gradients_with_a_norm_must_not_shrink_and_without_must_not_vanish() -> None:
    assert judge_normalised(signal(900, 1500)).verdict is HOLDS
    assert judge_normalised(signal(0.5)).verdict is FAILS
    assert judge_unnormalised(signal(0.05, 0.07)).verdict is HOLDS
    assert judge_unnormalised(signal(1e-5)).verdict is FAILS
    assert judge_unnormalised(SignalResult(())).verdict is UNDECIDED


def test_the_factor_1_has_to_train_best() -> None:
    def result(*losses: float) -> LambdaResult:
        pairs = zip((0.5, 1.0, 1.5), losses, strict=True)
        return LambdaResult(tuple(LambdaPoint(factor, (), (), training("", 1.0, loss=loss)) for factor, loss in pairs))

    assert judge_factor(result(2, 1, 3)).verdict is HOLDS
    assert judge_factor(result(0.5, 1, 3)).verdict is FAILS
    assert judge_factor(LambdaResult(result(2, 1, 3).points[:2])).verdict is UNDECIDED


@pytest.mark.parametrize(("plain", "residual", "verdict"), [(80, 10, HOLDS), (20, 15, FAILS), (0, -1, FAILS)])
def test_a_lost_block_has_to_cost_the_plain_network_more(plain: float, residual: float, verdict: Verdict) -> None:
    networks = [
        LesionNetwork(label, 2.0, (Dropped("layer1.0", "", 2.0 + rise),), (), (), training(label, 2.0))
        for label, rise in (("plain", plain), ("residual", residual))
    ]
    assert judge_damage(LesionResult(tuple(networks))).verdict is verdict
    assert judge_damage(LesionResult(tuple(networks[:1]))).verdict is UNDECIDED


@pytest.mark.parametrize(("peak", "verdict"), [(1, HOLDS), (6, FAILS)])
def test_gradient_has_to_come_along_short_paths(peak: int, verdict: Verdict) -> None:
    lengths = tuple(
        PathLength(length, math.comb(8, length), 1, 1, 1, 0.96 if length == peak else 0.005) for length in range(9)
    )
    result = PathResult((PathNetwork("network", 8, lengths, training("network", 1.0)),))
    outcome = judge_paths(result)
    assert outcome.verdict is verdict
    assert judge_paths(PathResult((replace(result.networks[0], lengths=()),))).verdict is UNDECIDED


def test_valleys_of_a_bowl_and_of_a_chain() -> None:
    assert valleys([3, 2, 1, 2, 3]) == 1
    assert valleys([3, 1, 1, 2, 1, math.inf, 2]) == 2
    assert valleys([1, 2, 3]) == 0


def test_every_claim_has_a_name_of_its_own_and_a_source() -> None:
    assert len({claim.name for claim in CLAIMS}) == len(CLAIMS)
    assert all(claim.source and claim.text.endswith(".") for claim in CLAIMS)


@pytest.mark.parametrize("claim", [each for each in CLAIMS if each.request], ids=lambda claim: claim.name)
def test_every_default_trains_three_seeds_of_which_none_is_fresh(claim: Claim) -> None:
    request = claim.request()
    # What blocks copy before training is exact, whatever the seed.
    assert request.parameters["seeds"] == (1 if claim.name == "degradation/copy" else 3)
    assert request.training.seed == 0
