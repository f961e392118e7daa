"""The refinement lab: what its sentences say of numbers that can be calculated, and the page."""

from math import nan

import pytest

from explorer.experiments import Answer, ExperimentRequest
from explorer.experiments.catalogue.iterative_refinement import RefinedBlock, RefinedNetwork, RefinementResult
from explorer.experiments.claims import Verdict
from explorer.experiments.claims.refinement import judge_refinement
from explorer.ui.labs import refinement
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, training
from tests.texts import numbers

__all__ = ["job_manager"]


def network(seed: int = 0, *, gain: float = 10.0, cosine: float = 0.2) -> RefinedNetwork:
    """Two stages of three blocks: 50, 52, 54 percent, then `gain` more, then one point a block."""
    heads = (50.0, 52.0, 54.0, 54.0 + gain, 55.0 + gain, 56.0 + gain)
    cosines = (0.0, 0.0, 0.1, 0.05, cosine, cosine)
    blocks = tuple(
        RefinedBlock(
            f"layer{1 + place // 3}.{place % 3}", f"layer{1 + place // 3}", head, nan, cosines[place], 0.0, 0.0, 0.01
        )
        for place, head in enumerate(heads)
    )
    return RefinedNetwork("network", blocks, training("network", 0.1, seed))


def test_gains_are_those_of_the_first_block_and_of_each_later_one() -> None:
    first, second = refinement.stage_readings([network(), network(1, gain=4.0)])
    assert (first.first_gains, first.later_gains) == ((), (2.0, 2.0))
    assert (second.first_gains, second.later_gains) == ((10.0, 4.0), (1.0, 1.0))
    assert (first.refines, second.refines) == (False, True)
    assert first.sure == (False, True) * 2


@pytest.mark.parametrize(("gain", "says"), [(10.0, "adds most"), (0.5, "does not add most")])
def test_the_verdict_follows_the_numbers(gain: float, says: str) -> None:
    found = refinement.accuracy_verdict(refinement.stage_readings([network(), network(1, gain=gain)]))
    assert says in found


def test_a_stage_counts_as_refining_only_with_every_later_cosine() -> None:
    surely, stage, _ = refinement.sentences(refinement.stage_readings([network()]))
    assert "layer2" in surely
    assert "layer1" not in surely
    assert numbers(stage)[:2] == ["1", "2"]
    # One standard deviation is noise.
    weak = list(refinement.sentences(refinement.stage_readings([network(cosine=0.01)])))
    assert "layer2" in " ".join(weak[:2])
    assert not any("every later block" in each for each in weak)


def test_the_page_asks_for_three_seeds_and_draws_both_charts(bench: Bench, job_manager: FakeJobManager) -> None:
    def answer(request: ExperimentRequest) -> Answer:
        return Answer(RefinementResult((network(), network(1))), 3.0)

    job_manager.respond = answer
    app = bench.open("labs", lab="refinement", depth="20", order="post")
    app.button(key="refinement.run").click().run()
    assert not app.get("plotly_chart")
    app.button(key="predict.refinement.skip").click().run()
    assert not app.exception
    (asked,) = job_manager.requests
    assert (asked.parameters["seeds"], asked.networks[0].spec.activation_order) == (3, "post")
    assert len(app.get("plotly_chart")) == 1
    assert list(app.dataframe[0].value["Stage"]) == ["layer1", "layer2"]
    said = [each.value for each in app.markdown]
    assert all(
        sentence in said for sentence in refinement.sentences(refinement.stage_readings([network(), network(1)]))
    )


def test_the_claim_needs_gain_at_the_first_block_and_every_later_cosine() -> None:
    def verdict(*networks: RefinedNetwork) -> Verdict:
        return judge_refinement(RefinementResult(networks)).verdict

    assert verdict(network(), network(1)) is Verdict.HOLDS
    assert verdict(network(gain=0.5)) is Verdict.FAILS
    assert verdict(network(cosine=0.02)) is Verdict.FAILS
    assert verdict(network(), network(1, cosine=0.02)) is Verdict.UNDECIDED
    assert verdict() is Verdict.UNDECIDED
