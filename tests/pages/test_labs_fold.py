"""The folding lab: its sentences follow the numbers, and the page asks for what its controls say."""

import pytest

from explorer.experiments import Answer
from explorer.experiments.catalogue.folding import CONTESTANTS, Cost, FoldedLayer, FoldedNetwork, FoldResult
from explorer.experiments.claims import Verdict
from explorer.experiments.claims.folding import judge_fold
from explorer.ui.labs import fold
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, training
from tests.texts import numbers

__all__ = ["job_manager"]


def network(label: str, loss: float, seed: int = 0, single: float = 1e-6) -> FoldedNetwork:
    layers = (FoldedLayer("1", 2.0, 1.0, 0.0), FoldedLayer("2", 2.0, 1.0, 3.0))
    after, before = Cost(900, 9000), Cost(1000, 10000)
    return FoldedNetwork(label, before, after, single, 1e-14, 2.0, 0, layers, training(label, loss, seed))


def contestants(seed: int = 0) -> list[FoldedNetwork]:
    return [network(label, loss, seed) for label, loss in zip(CONTESTANTS.values(), (0.2, 0.4, 0.1), strict=True)]


def test_the_difference_is_taken_relative_to_the_largest_logit() -> None:
    same = judge_fold(FoldResult((*contestants(), *contestants(1))))
    assert same.verdict is Verdict.HOLDS
    assert judge_fold(FoldResult((network(fold.BRANCHES, 0.2, single=4e-5),))).verdict is Verdict.FAILS
    assert judge_fold(FoldResult((network(fold.NORM, 0.2),))).verdict is Verdict.UNDECIDED


def test_plain_networks_are_compared_seed_by_seed() -> None:
    norm, bias = fold.sentences([*contestants(), *contestants(1)])
    assert numbers(norm) == ["2", "2", "0.4", "0.2", "40.0", "20.0"]
    assert numbers(bias)[:2] == ["0", "2"]
    assert fold.paired([network(fold.BRANCHES, 1.0, 3)], fold.NORM) == []


@pytest.mark.parametrize("seeds", [1, 3])
def test_the_page_runs_all_contestants_and_hides_the_answer(
    bench: Bench, job_manager: FakeJobManager, seeds: int
) -> None:
    job_manager.respond = lambda request: Answer(
        FoldResult(tuple(each for seed in range(request.parameters["seeds"]) for each in contestants(seed))), 3.0
    )
    app = bench.open("labs", lab="fold", depth="14", seeds=str(seeds))
    app.button(key="fold.run").click().run()
    assert not app.get("plotly_chart")
    assert not any("mu" in each.value for each in app.markdown), "the equation is the answer"
    app.button(key="predict.fold.skip").click().run()
    assert not app.exception
    (asked,) = job_manager.requests
    assert (asked.networks[0].spec.depth, asked.parameters["seeds"]) == (14, seeds)
    assert list(app.dataframe[0].value["Parameters, folded"]) == [900] * 3
    assert len(app.get("plotly_chart")) == 2
