"""The lab of starts: its requests, its charts and table, and the sentences that it computes from results."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from explorer.experiments.catalogue.starts import StartsResult
from explorer.ui.common.glossary import with_terms
from explorer.ui.labs import starts_results
from explorer.ui.labs.shared import text
from tests.pages import lab_fakes
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager
from tests.pages.test_labs import open_part, run_part
from tests.pages.test_labs_results import frame_with
from tests.texts import numbers

__all__ = ["job_manager"]


def result(*losses: float) -> StartsResult:
    """One seed of plain and residual, each from He's weights and from the identity, with these losses."""
    names = [(label, start) for label in ("plain", "residual") for start in ("he", "identity")]
    values = (1.0, 4.0)
    reading = lab_fakes.SignalReading(0, 2.3, values, values, values, values, values, values, values)
    return StartsResult(
        tuple(
            lab_fakes.StartPoint(label, start, ("a", "b"), reading, lab_fakes.training(label, loss))
            for (label, start), loss in zip(names, losses, strict=True)
        )
    )


def labels(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(table.index)


def test_the_grid_asks_for_four_networks_without_norms_over_three_seeds(
    bench: Bench, job_manager: FakeJobManager
) -> None:
    app = run_part(open_part(bench, "starts", "grid"), "starts", "starts")
    (request,) = job_manager.requests
    plain, residual = (each.spec for each in request.networks)
    assert (plain.depth, plain.norm, plain.shortcut) == (56, "none", "none")
    assert residual == replace(plain, shortcut="pad")
    assert (request.parameters["starts"], request.parameters["seeds"]) == (("he", "identity"), 3)
    assert (request.training.steps, request.training.learning_rate) == (80, 0.005)
    table = frame_with(app, "Start").set_index(["Network", "Start"])
    assert list(table["Learned"]) == ["0 of 3", "3 of 3", "0 of 3", "3 of 3"]
    assert list(table["Ran away"]) == [0, 0, 3, 0]
    assert table.loc[("plain", "identity"), "Stream, last over first"] == f"{2.0**26:.3g}"
    spoken = starts_results.grid_verdict(lab_fakes.starts(request))
    assert f"**Result.** {spoken}" in [each.value for each in app.markdown]
    curves, sizes = (json.loads(chart.proto.spec)["data"] for chart in app.get("plotly_chart"))
    dashes = {trace["name"]: trace["line"]["dash"] for trace in curves if "dash" in trace["line"]}
    assert dashes == {name: "dash" if name.startswith("plain") else "solid" for name in map(", ".join, labels(table))}
    # A branch that is exactly 0, and one that a plain network does not have, are not drawn.
    assert [trace["name"] for trace in sizes] == [f"{label}: stream" for label in map(", ".join, labels(table))]


def test_without_norms_every_start_of_the_branches_is_compared(bench: Bench, job_manager: FakeJobManager) -> None:
    run_part(open_part(bench, "starts", "branches", rate="0.02", seeds="1"), "branches", "no_norm_starts")
    (request,) = job_manager.requests
    (only,) = request.networks
    assert (only.spec.norm, only.spec.shortcut, request.training.learning_rate) == ("none", "pad", 0.02)
    assert request.parameters["starts"] == ("he", "branch_root", "skip_init", "fixup")
    spoken = starts_results.branch_verdict(lab_fakes.starts(request))
    assert numbers(spoken)[:2] == ["0", "1"]
    assert all(starts_results.LABELS[name] in spoken for name in ("branch_root", "skip_init", "fixup"))


@pytest.mark.parametrize(
    ("losses", "said"),
    [((2.3, 0.4, 2.2, 0.9), "is enough"), ((2.3, 2.3, 0.1, 0.2), "is not enough"), ((0.4, 0.4, 0.1, 0.2), "separate")],
)
def test_the_verdict_follows_the_losses(losses: tuple[float, ...], said: str) -> None:
    assert said in starts_results.grid_verdict(result(*losses))


def test_an_unfinished_result_has_no_verdict() -> None:
    some = StartsResult(result(2.3, 0.4, 2.2, 0.9).points[:3])
    assert (starts_results.grid_verdict(some), starts_results.branch_verdict(StartsResult(()))) == ("", "")


def test_with_norms_the_page_says_why_a_chain_of_identities_is_none(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_part(bench, "starts", "grid", norm="batch")
    section = with_terms(text.section("starts", "batch_norm"))
    assert section not in [each.value for each in app.markdown]
    assert section in [each.value for each in run_part(app, "starts", "starts").markdown]
    assert job_manager.requests[0].networks[0].spec.norm == "batch"
