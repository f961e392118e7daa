"""Lab 11, two inputs: the request, the charts, the sentence on the paper in all its cases, and the table."""

import json
import math

import pytest

from explorer.analysis.decay import wide_plain_cosines
from explorer.experiments import Answer, ExperimentRequest
from explorer.experiments.catalogue.two_inputs import InputPairs, TwoInputsResult
from explorer.experiments.claims import Verdict
from explorer.ui.labs import two_inputs_charts as charts
from explorer.ui.labs.shared.claims import WORDS
from explorer.ui.labs.shared.experiment import ANSWER_FIRST, result_table
from explorer.ui.labs.shared.networks import PLAIN, RESIDUAL
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, training

__all__ = ["job_manager"]

BLOCKS = 12
EXPONENTIAL = tuple(math.exp(-0.15 * block) for block in range(1, BLOCKS + 1))
POWER = tuple(0.9 / block**0.3 for block in range(1, BLOCKS + 1))


def pairs(label: str, differences: tuple[float, ...], seed: int = 0) -> InputPairs:
    """Far pairs always have a cosine of 0; those of the images differ by 1."""
    near = (1.0, *differences)
    return InputPairs(label, near, (0.0,) * len(near), training(label, 0.1, seed))


def answer(request: ExperimentRequest) -> Answer:
    found = [
        pairs(each.label, EXPONENTIAL if each.label == PLAIN else POWER, seed)
        for seed in range(request.parameters["seeds"])
        for each in request.networks
    ]
    return Answer(TwoInputsResult(tuple(found)), 3.0)


def test_the_default_is_fifty_layers_with_batch_norm(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = answer
    app = bench.open("labs", lab="shattered", part="inputs")
    app.button(key="two-inputs.run").click().run()
    assert app.info[0].value == ANSWER_FIRST
    app.button(key="predict.two-inputs.skip").click().run()
    assert not app.exception
    (request,) = job_manager.requests
    assert [(each.spec.depth, each.spec.shortcut, each.spec.norm) for each in request.networks] == [
        (50, "none", "batch"),
        (50, "pad", "batch"),
    ]
    assert (request.parameters["seeds"], request.parameters["trained"]) == (3, False)
    assert sum(WORDS[Verdict.HOLDS] in each.value for each in app.markdown) == 2, "what is left, and by which law"
    (figure,) = (json.loads(chart.proto.spec) for chart in app.get("plotly_chart"))
    curves = [each for each in figure["data"] if each["name"] == PLAIN]
    assert [each["y"][1] for each in curves] == pytest.approx([EXPONENTIAL[0], 0.0, EXPONENTIAL[0]])
    assert charts.THEORY not in {each["name"] for each in figure["data"]}
    assert list(app.dataframe[0].value["Network"]) == [PLAIN, RESIDUAL]


def test_without_norm_theory_stands_beside(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = answer
    app = bench.open("labs", lab="shattered", part="inputs", norm="none", depth="20", variants="plain,post,preact")
    app.button(key="two-inputs.run").click().run()
    app.button(key="predict.two-inputs-no-norm.skip").click().run()
    assert not app.exception
    (request,) = job_manager.requests
    assert {each.spec.norm for each in request.networks} == {"none"}
    assert [each.spec.activation_order for each in request.networks] == ["post", "post", "preact"]
    (figure,) = (json.loads(chart.proto.spec) for chart in app.get("plotly_chart"))
    near, far, _ = (each["y"] for each in figure["data"] if each["name"] == charts.THEORY)
    assert near == pytest.approx(wide_plain_cosines(1.0, BLOCKS))
    assert far == pytest.approx(wide_plain_cosines(0.0, BLOCKS))


def test_a_network_in_which_nothing_arrives_is_named(bench: Bench, job_manager: FakeJobManager) -> None:
    nothing = (math.nan,) * BLOCKS
    job_manager.respond = lambda request: Answer(
        TwoInputsResult(tuple(pairs(each.label, nothing) for each in request.networks)), 3.0
    )
    app = bench.open("labs", lab="shattered", part="inputs", seeds="1")
    app.button(key="predict.two-inputs.skip").click().run()
    app.button(key="two-inputs.run").click().run()
    assert not app.exception
    assert PLAIN in app.info[0].value
    assert not app.get("plotly_chart")


def test_the_table_has_a_row_for_each_block() -> None:
    table = result_table(TwoInputsResult((pairs("a", EXPONENTIAL),)))
    assert list(table["block"]) == list(range(BLOCKS + 1))
    assert list(table["difference"])[1:] == list(EXPONENTIAL)
