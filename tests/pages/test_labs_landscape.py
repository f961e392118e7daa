"""Lab 8: both slices on one scale, the path of training, networks that diverged, and the request."""

import json
from math import inf, log10, nan

import pytest

from explorer.experiments import Answer, ExperimentRequest, Refusal
from explorer.experiments.catalogue.landscape import LandscapeNetwork, LandscapeResult, TrajectoryPoint
from explorer.experiments.result import Training
from explorer.ui.labs import landscape, landscape_pictures
from explorer.ui.labs.shared.experiment import result_table
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, training

__all__ = ["job_manager"]
LINE = (-1.0, 0.0, 1.0)


def network(label: str, middle: float, rim: float, *, follows: bool = False) -> LandscapeNetwork:
    losses = ((rim,) * 3, (rim, middle, rim), (rim,) * 3)
    path = (TrajectoryPoint(0, 1.0, 1.0), TrajectoryPoint(150, 0.0, 0.0)) if follows else ()
    return LandscapeNetwork(label, LINE, LINE, losses, training(label, middle), path, 0.9 if follows else nan)


def answer(request: ExperimentRequest) -> Answer:
    """The plain network between 1 and 2, the residual one between 0.01 and 10."""
    follows = request.parameters["directions"] == "pca"
    found = (network("plain", 1.0, 2.0, follows=follows), network("residual", 0.01, 10.0, follows=follows))
    return Answer(LandscapeResult(request.parameters["directions"], 256, found), 5.0)


def run(bench: Bench, **query: str):  # type: ignore[no-untyped-def]
    app = bench.open("labs", lab="landscape", **query)
    app.button(key="predict.landscape.skip").click().run()
    app.button(key="landscape.run").click().run()
    assert not app.exception
    return app


def test_surfaces_share_height_and_colour(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = answer
    app = run(bench, seconds="2", radius="50")
    (asked,) = job_manager.requests
    assert (asked.parameters["seconds"], asked.parameters["radius"]) == (2, 0.5)
    assert [(each.label, each.spec.shortcut) for each in asked.networks] == [("plain", "none"), ("residual", "pad")]
    chart = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert [each["type"] for each in chart["data"]] == ["surface", "surface"]
    assert {each["coloraxis"] for each in chart["data"]} == {"coloraxis"}
    ranges = [chart["layout"][scene]["zaxis"]["range"] for scene in ("scene", "scene2")]
    assert ranges == [[-2.0, 1.0]] * 2
    assert (chart["layout"]["coloraxis"]["cmin"], chart["layout"]["coloraxis"]["cmax"]) == (-2.0, 1.0)
    assert list(app.dataframe[0].value["Least loss"]) == ["1", "0.01"]


def test_contours_show_the_path_of_training(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = answer
    app = run(bench, picture="contours", directions="pca")
    chart = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert [each["type"] for each in chart["data"]] == ["contour", "scatter"] * 2
    assert chart["data"][1]["text"] == ["step 0", "step 150"]
    assert chart["data"][0]["contours"] == chart["data"][2]["contours"]
    assert "labs.landscape.radius" not in [slider.key for slider in app.select_slider]
    assert list(app.dataframe[0].value[landscape.CAPTURED]) == ["90%"] * 2


def test_a_loss_that_is_not_finite_leaves_a_hole() -> None:
    holed = LandscapeNetwork("x", LINE, (0.0,), ((inf, 0.0, 100.0),), training("x", 1.0))
    assert landscape_pictures.heights(holed) == [[None, log10(landscape_pictures.LEAST_LOSS), 2.0]]
    assert landscape_pictures.common_range([holed]) == (-3.0, 2.0)
    assert list(landscape.table([holed])["Greatest loss"]) == ["100"]


def test_an_unfinished_slice_is_drawn() -> None:
    half = LandscapeNetwork("x", LINE, LINE, ((1.0, 2.0, 3.0),), training("x", 1.0))
    table = result_table(LandscapeResult("random", 16, (half,)))
    assert list(table["loss"]) == [1.0, 2.0, 3.0]
    assert set(table["beta"]) == {-1.0}


@pytest.mark.parametrize(("low", "high", "shown"), [(-2.0, 1.0, "0.01"), (0.0, 0.4, "2")])
def test_ticks_are_losses_within_the_range(low: float, high: float, shown: str) -> None:
    ticks = landscape_pictures._ticks(low, high)
    assert shown in ticks["ticktext"]
    assert all(low - 1e-6 <= value <= high + 1e-6 for value in ticks["tickvals"])


def test_a_network_that_diverged_is_named_and_the_other_drawn(bench: Bench, job_manager: FakeJobManager) -> None:
    ended = Training("plain", 0, (), (), nan, nan, 1.0, "It blew up.")
    lost = LandscapeNetwork("plain", LINE, LINE, (), ended)
    job_manager.respond = lambda request: Answer(
        LandscapeResult("random", 8, (lost, network("residual", 0.1, 1.0))), 1.0
    )
    app = run(bench)
    assert any(ended.diverged in each.value for each in app.info)
    assert len(json.loads(app.get("plotly_chart")[0].proto.spec)["data"]) == 1


def test_a_refusal_is_shown_and_the_text_on_the_paper_stays(bench: Bench, job_manager: FakeJobManager) -> None:
    refusal = Refusal("This took more than 600 seconds and was ended.")
    job_manager.respond = lambda request: refusal
    app = bench.open("labs", lab="landscape")
    app.button(key="landscape.run").click().run()
    assert not app.exception
    assert [each.value for each in app.error] == [refusal.message]
    assert any("Li et al. 2018" in each.value for each in app.markdown)
