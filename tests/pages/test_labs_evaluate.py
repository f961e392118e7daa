"""Lab 9, Evaluate: errors with their intervals, the confusion matrix, the calibration curve, the worst images."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.experiments import Answer, ExperimentRequest, Subject, small_network
from explorer.experiments.catalogue.evaluate import (
    ConfidenceBin,
    Confusion,
    EvaluatedNetwork,
    EvaluateResult,
    Mistake,
    error_interval,
    other_order,
)
from explorer.ui.labs import evaluate
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, training
from tests.pages.test_labs_inside import maps

__all__ = ["job_manager"]
CONFUSION = (Confusion(0, 0, 30), Confusion(0, 1, 10), Confusion(1, 1, 60))
BINS = (ConfidenceBin(0.0, 0.5, 0, 0.0, 0), ConfidenceBin(0.5, 1.0, 100, 0.8, 90))


def answer(request: ExperimentRequest, worst: int = 6) -> Answer:
    """Ten of a hundred images wrong, all of the first class."""
    mistakes = tuple(Mistake(number, 0, 1, 0.9, 0.05, maps("image", 255, 1)) for number in range(worst))
    made = training(request.networks[0].label, 0.1)
    network = EvaluatedNetwork(request.networks[0].label, 100, 10, 0.3, CONFUSION, BINS, mistakes, made)
    return Answer(EvaluateResult(("cat", "dog"), (network,)), 3.0)


@pytest.fixture
def opened_part(bench: Bench, job_manager: FakeJobManager) -> AppTest:
    job_manager.respond = answer
    app = bench.open("labs", lab="inside", part="evaluate", bins="5")
    app.button(key="evaluate.run").click().run()
    assert not app.exception
    assert job_manager.requests[0].parameters["bins"] == 5
    return app


def charts(app: AppTest) -> list[list[dict[str, object]]]:
    return [json.loads(each.proto.spec)["data"] for each in app.get("plotly_chart")]


def test_the_error_has_its_interval_and_the_calibration_error_is_the_gap(opened_part: AppTest) -> None:
    (row,) = opened_part.dataframe[0].value.to_dict("records")
    assert row["test error %"] == 10.0
    assert row["95 % interval"] == "{:.2f} to {:.2f}".format(*error_interval(10, 100))
    assert row["calibration error %"] == pytest.approx(10.0)


def test_the_confusion_matrix_has_a_row_for_each_true_class_and_the_curve_a_point_for_each_bin(
    opened_part: AppTest,
) -> None:
    (confusion,), (diagonal, curve) = charts(opened_part)
    assert np.allclose(evaluate.confusion_figure(("cat", "dog"), answered()).data[0].z, [[0.75, 0.25], [0.0, 1.0]])
    assert confusion["x"] == confusion["y"] == ["cat", "dog"]
    assert (diagonal["x"], diagonal["y"]) == ([0, 1], [0, 1])
    assert (curve["x"], curve["y"]) == ([0.8], [0.9])


def answered() -> EvaluatedNetwork:
    request = ExperimentRequest("evaluate", (Subject("a", small_network(8)),))
    found = answer(request).result
    assert isinstance(found, EvaluateResult)
    return found.networks[0]


def test_the_worst_images_are_shown_with_both_classes(opened_part: AppTest) -> None:
    captions = [image.proto.imgs[0].caption for image in opened_part.get("image")]
    assert captions == [f"{number}: cat (5.0 %), predicted dog (90.0 %)" for number in range(6)]


def test_an_image_keeps_its_brightness_and_its_pixels_are_squares() -> None:
    shown = evaluate.picture(maps("image", 128, 1))
    assert shown.shape == (64, 96, 1)
    assert shown.max() == shown.min() == round(2.55 * 128 / 255)


def test_a_network_without_mistakes_says_so(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = lambda request: answer(request, worst=0)
    app = bench.open("labs", lab="inside", part="evaluate")
    app.button(key="evaluate.run").click().run()
    assert any("every test image" in each.value for each in app.caption)


def test_classes_in_another_order_are_a_sentence_and_no_silent_error(bench: Bench, job_manager: FakeJobManager) -> None:
    def turned(request: ExperimentRequest) -> Answer:
        made = training(request.networks[0].label, 0.1)
        table = (Confusion(0, 1, 30), Confusion(0, 0, 2), Confusion(1, 2, 33), Confusion(2, 0, 34), Confusion(2, 2, 1))
        network = EvaluatedNetwork(request.networks[0].label, 100, 97, 9.0, table, BINS, (), made)
        return Answer(EvaluateResult(("cat", "dog", "owl"), (network,)), 3.0)

    job_manager.respond = turned
    app = bench.open("labs", lab="inside", part="evaluate").button(key="evaluate.run").click().run()
    (said,) = [each.value for each in app.warning if "another order" in each.value]
    assert "cat where dog stands here, dog where owl stands here, owl where cat stands here" in said
    assert "would be 3.00 %, not 97.00 %" in said


def test_an_error_that_no_order_explains_is_none_of_order() -> None:
    made = training("A", 0.1)
    for table, wrong in ((CONFUSION, 10), ((Confusion(0, 1, 50), Confusion(1, 1, 50)), 50)):
        assert other_order(EvaluatedNetwork("A", 100, wrong, 0.3, table, BINS, (), made)) is None
