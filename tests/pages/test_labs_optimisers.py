"""The part of lab 1 on optimisers: its request, its table, and the sentence that it computes."""

import pytest

from explorer.experiments.catalogue.optimisers import OptimiserPoint, OptimisersResult
from explorer.ui.labs import optimisers
from tests.pages import lab_fakes
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager
from tests.pages.test_labs import open_part, run_part
from tests.pages.test_labs_results import frame_with

__all__ = ["job_manager"]


def result(**losses: tuple[float, float]) -> OptimisersResult:
    """Two seeds for each optimiser with these losses of the plain and the residual network."""
    return OptimisersResult(
        tuple(
            OptimiserPoint(name, 0.5, lab_fakes.training(label, loss, seed))
            for seed in range(2)
            for name, pair in losses.items()
            for label, loss in zip(("plain", "residual"), pair, strict=True)
        )
    )


def test_plain_and_residual_are_trained_with_all_three_over_three_seeds(
    bench: Bench, job_manager: FakeJobManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = result(sgd=(2.0, 0.5), adam=(2.1, 0.25), muon=(1.9, 0.125))
    monkeypatch.setitem(lab_fakes.RESULTS, "optimisers", lambda request: shown)
    app = run_part(open_part(bench, "degradation", "optimiser"), "optimiser", "optimiser")
    (request,) = job_manager.requests
    assert [each.label for each in request.networks] == ["plain", "residual"]
    assert request.networks[0].spec.depth == 56
    assert request.parameters == {"optimisers": ("sgd", "adam", "muon"), "seeds": 3, "rate_factor": 1.0}
    table = frame_with(app, "Optimiser").set_index(["Optimiser", "Network"])
    assert table.loc[("Adam", "residual"), "Loss"].startswith("0.25")
    assert f"**Result.** {optimisers.verdict(shown)}" in [each.value for each in app.markdown]


def test_the_sentence_follows_the_losses() -> None:
    none = optimisers.verdict(result(sgd=(2.0, 0.5), muon=(1.9, 0.1)))
    assert "None of these" in none
    assert "Muon in 2 of 2 seeds" in none
    one = optimisers.verdict(result(sgd=(2.0, 0.5), muon=(0.1, 0.1)))
    assert "None of these" not in one
    assert one.endswith("in every seed: Muon.")
    assert optimisers.verdict(OptimisersResult(())) == ""
