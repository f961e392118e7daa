"""Lab 1, weight decay: the request, the curves, and the sentence that the numbers give."""

import json

import pytest

from explorer.experiments import Answer, ExperimentRequest
from explorer.experiments.catalogue.weight_decay import DecayPoint, DecayResult
from explorer.ui.labs.weight_decay import by_decay, decay_sentence, table
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, training

__all__ = ["job_manager"]

BLOCKS = ("layer1.0", "layer2.0", "layer3.0")


def point(decay: float, seed: int, *shares: float) -> DecayPoint:
    return DecayPoint(decay, BLOCKS, shares, training(f"weight decay {decay:g}", 0.1, seed))


FOUND = DecayResult(
    (
        point(0.0, 0, 0.9, 0.5, 0.7),
        point(0.1, 0, 0.3, 0.8, 0.2),
        point(0.0, 1, 0.8, 0.6, 0.7),
        point(0.1, 1, 0.9, 0.7, 1.0),
    )
)


def test_a_curve_for_each_weight_decay_and_a_sentence_behind_the_prediction(
    bench: Bench, job_manager: FakeJobManager
) -> None:
    asked: list[ExperimentRequest] = []

    def respond(request: ExperimentRequest) -> Answer:
        asked.append(request)
        return Answer(FOUND, 2.0)

    job_manager.respond = respond
    app = bench.open("labs", lab="degradation", part="decay", decays="0,0.1", seeds="2")
    app.button(key="decay.run").click().run()
    assert not app.exception
    assert asked[0].parameters["decays"] == (0.0, 0.1)
    assert not app.get("plotly_chart")
    app.button(key="predict.decay.skip").click().run()
    curves = [each for each in json.loads(app.get("plotly_chart")[0].proto.spec)["data"] if each["mode"] != "lines"]
    assert [value for each in curves for value in each["y"]] == pytest.approx([0.85, 0.55, 0.7, 0.6, 0.75, 0.6])
    assert decay_sentence(by_decay(FOUND)) in [each.value for each in app.markdown]


def test_the_sentence_counts_pairs_and_blocks() -> None:
    sentence = decay_sentence(by_decay(FOUND))
    # Last block: 0.7 and 0.7 without, 0.2 and 1.0 with. Medians by block: 0.85 to 0.6, 0.55 to 0.75, 0.7 to 0.6.
    assert "0.70 (0.70 to 0.70)" in sentence
    assert "0.60 (0.20 to 1.00)" in sentence
    assert "1 of 2 pairs" in sentence
    assert "Of all 3 blocks, 2 have" in sentence
    assert decay_sentence(by_decay(DecayResult(FOUND.points[:1]))) == ""


def test_the_table_has_a_row_for_each_weight_decay() -> None:
    rows = table(by_decay(FOUND))
    assert list(rows["Weight decay"]) == ["0", "0.1"]
    assert list(rows["Last block"]) == ["0.70 (0.70 to 0.70)", "0.60 (0.20 to 1.00)"]
