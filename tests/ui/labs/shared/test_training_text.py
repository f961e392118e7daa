"""Texts on trainings: medians with their range, and the conditions of a request."""

from math import nan

from explorer.experiments import ExperimentRequest, Subject, small_network
from explorer.ui.labs.shared.charts import plain_labels
from explorer.ui.labs.shared.training_text import median_with_range, training_conditions


def test_a_median_stands_before_its_range() -> None:
    assert median_with_range([3.0, 1.0, nan, 2.0]) == "2.0 (1.0 to 3.0)"
    assert (median_with_range([3.0]), median_with_range([nan])) == ("3.0", "")


def test_conditions_name_images_steps_and_seeds() -> None:
    subjects = (Subject("plain", small_network(8, plain=True)), Subject("residual", small_network(8)))
    once = ExperimentRequest("lesion", subjects)
    assert plain_labels(once) == {"plain"}
    assert "Digits 8x8, 150 steps of training, one seed" in training_conditions(once)
    assert "3 seeds" in training_conditions(ExperimentRequest("lesion", subjects, parameters={"seeds": 3}))
    run = ExperimentRequest("lesion", (Subject("a", small_network(8), run="r"),))
    assert "end of the chosen runs" in training_conditions(run)
