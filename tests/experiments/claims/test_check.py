"""The check of the labs' claims: a claim is computed at its defaults with fresh seeds; one that fails is reported."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.cli import labs
from explorer.cli.main import main
from explorer.experiments import Answer, ExperimentRequest, claims
from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.claims import CLAIMS, Outcome, Verdict
from explorer.experiments.claims import check as checks
from explorer.experiments.claims.claim import Claim, Plan, judge_seeds
from explorer.experiments.claims.mixing import MIXING_CLAIM
from explorer.experiments.claims.order import ORDERS_CLAIM, REGULARISED_CLAIM
from explorer.experiments.client import ExperimentRun
from explorer.experiments.request_values import small_network
from explorer.jobs.errors import SettingsError
from explorer.jobs.paths import data_place
from tests.toy_experiment import Letters, Origin, ToyResult, toy_experiment

REAL = checks.compute


def judge(result: ToyResult) -> Outcome:
    counts = {each.training.seed: each.count for each in result.networks}
    return judge_seeds({seed: count > 10 for seed, count in counts.items()}, f"{counts} letters.", "Few.", "None.")


TOY_CLAIM = Claim(
    "toy", "letters", "There are more than ten letters.", "nobody", lambda: Plan("toy").request(small_network(8)), judge
)


def compute(request: ExperimentRequest) -> Answer:
    """The toy's computation, in this process."""
    first, factor = request.training.seed, request.parameters["factor"]
    seeds = range(first, first + request.parameters["seeds"])
    found = tuple(
        Letters(each.label, factor * len(each.label), Origin(seed)) for seed in seeds for each in request.networks
    )
    return Answer(ToyResult(found), 1.5)


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(claims, "CLAIMS", (TOY_CLAIM,))
    monkeypatch.setattr(checks, "compute", compute)
    with toy_experiment():
        yield


def test_the_seeds_are_fresh_and_nothing_else_is_changed() -> None:
    fresh, usual = checks.fresh_request(ORDERS_CLAIM.request(), 3), ORDERS_CLAIM.request()
    assert fresh.training.seed >= 5, "a page trains with the seeds 0 to 4"
    assert replace(fresh, training=usual.training, parameters=usual.parameters) == usual
    assert fresh.parameters["seeds"] == 3


def test_more_seeds_than_an_experiment_takes_are_refused() -> None:
    with pytest.raises(SettingsError) as refused:
        checks.fresh_request(ORDERS_CLAIM.request(), 6)
    assert refused.value.field == "seeds"


def test_a_claim_that_holds_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labs", "--check", "--seeds", "2"]) == 0
    shown = capsys.readouterr().out
    assert "toy/letters" in shown
    assert "2 of 2 seeds" in shown
    assert "1.5" in shown


@pytest.mark.parametrize(("expected", "code"), [(Verdict.HOLDS, 1), (Verdict.FAILS, 0), (Verdict.UNDECIDED, 0)])
def test_only_a_claim_that_is_declared_to_hold_fails_the_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], expected: Verdict, code: int
) -> None:
    never = replace(TOY_CLAIM, judge=lambda result: Outcome(Verdict.FAILS, "None.", "Too few."), expected=expected)
    monkeypatch.setattr(claims, "CLAIMS", (never,))
    assert main(["labs", "--check", "--format", "json"]) == code
    assert '"reason": "Too few."' in capsys.readouterr().out


def test_claims_on_the_same_request_are_computed_once_and_some_need_no_request() -> None:
    asked: list[ExperimentRequest] = []

    def compute(request: ExperimentRequest) -> Answer:
        asked.append(request)
        return Answer(ShortTrainingResult(()), 1.0)

    computing = checks.Computed(compute)
    for claim in (ORDERS_CLAIM, REGULARISED_CLAIM):
        assert checks.check(claim, 2, computing).outcome.verdict is Verdict.UNDECIDED
    assert len(asked) == 1
    checked = checks.check(MIXING_CLAIM, 2, computing)
    assert (len(asked), checked.outcome.verdict) == (1, Verdict.HOLDS)


def test_no_weights_of_earlier_trainings_are_used(monkeypatch: pytest.MonkeyPatch, data_directory: Path) -> None:
    """Else the second check would take no time, and a page's visitor would wait longer than the record says."""
    (data_directory / "weights").touch()
    seen: list[Path] = []

    def wait(run: ExperimentRun, seconds: float) -> Answer:
        seen.append(data_place())
        assert list(seen[-1].iterdir()) == []
        return Answer(ShortTrainingResult(()), 1.0)

    monkeypatch.setattr(ExperimentRun, "__init__", lambda run, request, seconds: None)
    monkeypatch.setattr(ExperimentRun, "wait", wait)
    REAL(ORDERS_CLAIM.request())
    assert data_place() == data_directory != seen[0]


def test_an_unknown_lab_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labs", "--check", "--lab", "toy", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_without_check_nothing_is_computed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(claims, "CLAIMS", CLAIMS)
    monkeypatch.setattr(checks, "compute", None)
    assert main(["labs"]) == 0
    shown = capsys.readouterr().out
    assert all(claim.name in shown for claim in CLAIMS)
    assert labs.declaration(CLAIMS[0])["source"] in shown


@pytest.mark.slow
@pytest.mark.parametrize("name", ["degradation/copy", "signal/blocks"])
def test_a_real_claim_holds_over_fresh_seeds(name: str) -> None:
    (claim,) = (each for each in CLAIMS if each.name == name)
    checked = checks.check(claim, 2, REAL)
    assert checked.outcome.verdict is Verdict.HOLDS, checked.outcome
