"""Bands over seeds: median as a curve, lowest and highest around it, gaps where there is no number; texts."""

import math

import plotly.graph_objects as go
import pytest

from explorer.datasets.catalogue import dataset_label
from explorer.experiments import ExperimentRequest, Subject, small_network
from explorer.experiments.result import Training
from explorer.ui.labs.shared import charts
from tests.texts import numbers

NAN = math.nan


def test_a_band_reaches_from_the_lowest_to_the_highest() -> None:
    figure = go.Figure()
    charts.add_band(figure, (1, 2, 3), [(5.0, 1.0, NAN), (3.0, 2.0, NAN), (4.0, NAN, NAN)], "a", {"color": "#0B6E8F"})
    area, curve = figure.data
    assert list(curve.y) == [4.0, 1.5, None]
    assert (list(area.x), list(area.y)) == ([1, 2, 2, 1, 1], [3.0, 1.0, 2.0, 5.0, 3.0])
    assert (area.fill, area.showlegend, area.legendgroup) == ("toself", False, curve.legendgroup)


def test_a_band_does_not_cross_a_gap() -> None:
    figure = go.Figure()
    charts.add_band(figure, (1, 2, 3), [(5.0, NAN, 2.0), (3.0, NAN, 1.0)], "a", {"color": "#0B6E8F"})
    assert list(figure.data[0].x) == [1, 1, 1, None, 3, 3, 3]


def test_one_seed_has_no_band() -> None:
    figure = go.Figure()
    charts.add_band(figure, (1, 2), [(5.0, 1.0)], "a", charts.network_styles(["a"], ["a"])["a"])
    (curve,) = figure.data
    assert curve.line.dash == "dash"


def test_a_comparison_draws_a_run_that_ended_early_as_far_as_it_went(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[go.Figure] = []
    monkeypatch.setattr(charts, "draw_figure", lambda figure, *_, **layout: shown.append(figure))
    whole = Training("a", 0, (1, 10, 20), (3.0, 2.0, 1.0), 1.0, 5.0, 1.0)
    early = Training("a", 1, (1, 10), (3.0, 4.0), NAN, NAN, 1.0, "ran away")
    charts.draw_training_curves([whole, early, Training("b", 0, (1,), (2.0,), 1.0, 5.0, 1.0)], ["b"], "key")
    curves = {trace.name: trace for trace in shown[0].data}
    assert list(curves["a"].y) == [3.0, 3.0, 1.0]
    assert curves["b"].line.dash == "dash"


def test_a_median_stands_before_its_range() -> None:
    assert numbers(charts.median_with_range([3.0, 1.0, NAN, 2.0])) == ["2.0", "1.0", "3.0"]
    assert (charts.median_with_range([3.0]), charts.median_with_range([NAN])) == ("3.0", "")


def test_conditions_name_images_steps_and_seeds() -> None:
    subjects = (Subject("plain", small_network(8, plain=True)), Subject("residual", small_network(8)))
    once = ExperimentRequest("lesion", subjects)
    assert charts.plain_labels(once) == {"plain"}
    assert charts.training_conditions(once).startswith(dataset_label("digits"))
    assert numbers(charts.training_conditions(once)) == ["150"], "steps, and one seed"
    thrice = ExperimentRequest("lesion", subjects, parameters={"seeds": 3})
    assert numbers(charts.training_conditions(thrice)) == ["150", "3"]
    run = ExperimentRequest("lesion", (Subject("a", small_network(8), run="r"),))
    assert numbers(charts.training_conditions(run)) == [], "trained by their runs"
