"""Lab 11, gradients: the request, the charts, the sentence on the paper, in all its cases, and the table."""

import json

import pytest

from explorer.experiments import Answer, ExperimentRequest
from explorer.experiments.catalogue.shattered_gradients import MOST_STEPS, LineGradients, ShatteredResult
from explorer.experiments.claims import Verdict
from explorer.experiments.claims.shattered import GRADIENTS_CLAIM
from explorer.ui.labs import gradient_charts, two_inputs
from explorer.ui.labs import neighbouring_gradients as part
from explorer.ui.labs.shared.claims import WORDS
from explorer.ui.labs.shared.experiment import ANSWER_FIRST, result_table
from explorer.ui.labs.shared.networks import PLAIN
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, training
from tests.pages.test_labs import open_part

__all__ = ["job_manager"]

NAN = float("nan")


def gradients(label: str, depth: int, neighbours: float, seed: int = 0) -> LineGradients:
    """The cosine falls with the distance: neighbours, then half of it, a third of it, ..."""
    cosines = tuple(neighbours / steps for steps in range(1, MOST_STEPS + 1))
    slope = tuple((-1.0) ** point * 4 for point in range(20))
    return LineGradients(label, depth, cosines, slope, 2.5, 64, training(label, 0.1, seed))


def answer(request: ExperimentRequest) -> Answer:
    """Of plain networks 8 over the depth, of others 0.9; a thousandth more for each seed."""
    found = [
        gradients(each.label, each.spec.depth, 8 / each.spec.depth if each.label.startswith(PLAIN) else 0.9, seed)
        for seed in range(request.parameters["seeds"])
        for each in request.networks
    ]
    return Answer(ShatteredResult(tuple(found)), 3.0)


def test_the_default_compares_three_depths_with_three_seeds(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = answer
    app = bench.open("labs", lab="shattered", part="gradients")
    app.button(key="shattered.run").click().run()
    assert app.info[0].value == ANSWER_FIRST
    assert not app.get("plotly_chart")
    app.button(key="predict.shattered.skip").click().run()
    assert not app.exception
    (request,) = job_manager.requests
    assert [each.spec.depth for each in request.networks] == [8, 20, 56, 8, 20, 56]
    assert [each.spec.shortcut for each in request.networks] == ["none"] * 3 + ["pad"] * 3
    assert (request.parameters["seeds"], request.parameters["trained"]) == (3, False)
    assert any(WORDS[Verdict.HOLDS] in each.value for each in app.markdown)
    correlations, slopes = (json.loads(chart.proto.spec) for chart in app.get("plotly_chart"))
    curves = [each for each in correlations["data"] if each["name"] == PLAIN]
    assert curves[0]["x"] == [8, 20, 56]
    assert curves[0]["y"] == pytest.approx([1.0, 0.4, 8 / 56])
    assert len(curves[1]["x"]) == MOST_STEPS
    assert {gradient_charts.WHITE, gradient_charts.BROWN} < {each["name"] for each in correlations["data"]}
    assert len(slopes["data"]) == 4
    assert slopes["data"][0]["y"] == pytest.approx([(-1.0) ** point for point in range(20)]), "divided by its size"
    table = app.dataframe[0].value
    assert list(table["Layers"]) == ["8", "20", "56"] * 2 + ["", ""]


def test_the_controls_are_in_the_request(bench: Bench, job_manager: FakeJobManager) -> None:
    query = {"depths": "1,2", "kinds": "post,scaled", "data": "gratings", "weights": "1", "points": "32", "seeds": "1"}
    app = bench.open("labs", lab="shattered", part="gradients", **query)
    job_manager.respond = answer
    app.button(key="shattered.run").click().run()
    (request,) = job_manager.requests
    assert [each.spec.residual_scale for each in request.networks] == [1.0, 1.0, 0.1, 0.1]
    assert (request.training.dataset, dict(request.parameters)) == (
        "gratings",
        {"points": 32, "lines": 4, "trained": True, "seeds": 1},
    )


def test_a_network_without_a_gradient_is_named(bench: Bench, job_manager: FakeJobManager) -> None:
    def dead(request: ExperimentRequest) -> Answer:
        found = [gradients(each.label, each.spec.depth, NAN) for each in request.networks]
        return Answer(ShatteredResult(tuple(found)), 3.0)

    job_manager.respond = dead
    app = bench.open("labs", lab="shattered", part="gradients")
    app.button(key="predict.shattered.skip").click().run()
    app.button(key="shattered.run").click().run()
    assert not app.exception
    assert "plain, 8 layers" in app.info[0].value
    assert not app.get("plotly_chart")


def test_the_table_has_a_row_for_each_distance() -> None:
    table = result_table(ShatteredResult((gradients("a", 8, 0.6), gradients("a", 8, 0.6, 1))))
    assert len(table) == 2 * MOST_STEPS
    assert list(table["correlation"][:2]) == [0.6, 0.3]


def test_the_question_speaks_of_the_default_network_and_points() -> None:
    request = GRADIENTS_CLAIM.request()
    assert max(each.spec.depth for each in request.networks) == 56
    assert f"1/{request.parameters['points'] - 1} " in str(part.question(56).text)
    assert "56 layers" in str(part.question(56).text)


def test_the_question_follows_depth_points_and_images_or_says_of_what_it_is_asked() -> None:
    answers = {(depth, points): part.question(depth, points).right for depth in (8, 14, 20, 32) for points in (64, 128)}
    assert answers == {(8, 64): 0, (8, 128): 0, (14, 64): 1, (14, 128): 0, (20, 64): 1, (20, 128): 1} | {
        (32, points): 2 for points in (64, 128)
    }
    assert "grating to another" in str(part.question(8, 64, "gratings").text)
    assert all("Asked of" not in str(part.question(8, points).text) for points in (64, 128))
    assert "1/63 " in str(part.question(8, 32).text)
    assert all("Asked of" in str(asked.text) for asked in (part.question(8, 32), part.question(8, is_small=False)))
    pairs = [two_inputs.question(norm, depth) for norm, depth in (("batch", 8), ("batch", 20), ("none", 20))]
    assert [each.options[each.right] for each in pairs] == [
        two_inputs.KEPT,
        two_inputs.FORGOTTEN,
        two_inputs.ALL_ALIKE,
    ]
    assert "50 layers, untrained" in str(two_inputs.question("none", 8).text)


def test_an_untrained_question_is_not_asked_of_trained_networks(bench: Bench, job_manager: FakeJobManager) -> None:
    for name in ("gradients", "inputs"):
        said = " ".join(each.value for each in open_part(bench, "shattered", name, weights="1").markdown)
        assert "Asked of the small network" in said
