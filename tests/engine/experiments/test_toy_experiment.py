"""A new experiment is one description and one computation: everything else follows from these two."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.engine.experiments.registry import run_experiment
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments import Answer, ExperimentRequest, Progress, ResultCache, Subject, small_network
from explorer.experiments.client import merge, split
from explorer.experiments.estimates import expected_seconds
from explorer.experiments.protocol import progress_line, read_line
from explorer.jobs.errors import SettingsError
from tests.engine.experiments.brief import finished
from tests.toy_experiment import LETTER_SECONDS, NAME, ToyResult, toy_experiment

LABELS = ("aaa", "b", "cc")


@pytest.fixture(autouse=True)
def toy() -> Iterator[None]:
    with toy_experiment():
        yield


def request(*labels: str, run: str = "", **parameters: object) -> ExperimentRequest:
    subjects = tuple(Subject(label, small_network(8), run=run and f"{run}-{label}") for label in labels)
    return ExperimentRequest(NAME, subjects, parameters=parameters)


def test_it_is_requested_with_its_defaults_and_read_back_from_json() -> None:
    made = request(*LABELS)
    assert made.parameters == {"factor": 2, "seeds": 1}
    assert ExperimentRequest.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    ("labels", "parameters", "field"),
    [((), {}, "networks"), ("abcd", {}, "networks"), ("a", {"factor": 6}, "factor"), ("a", {"draws": 1}, "draws")],
)
def test_what_it_does_not_allow_is_refused_by_field(
    labels: tuple[str, ...], parameters: dict[str, object], field: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        request(*labels, **parameters)
    assert refused.value.field == field


def test_it_is_split_computed_and_merged_in_the_order_of_the_request(trained_networks: TrainedNetworks) -> None:
    whole = request(*LABELS)
    pieces = split(whole, 2)
    assert [len(piece.networks) for piece in pieces] == [1, 1, 1]
    results = [finished(run_experiment(piece, trained_networks), ToyResult) for piece in reversed(pieces)]
    merged = merge(whole, results)
    assert merged == finished(run_experiment(whole, trained_networks), ToyResult)
    assert [(each.label, each.count) for each in merged.networks] == [("aaa", 6), ("b", 2), ("cc", 4)]  # type: ignore[attr-defined]


def test_its_progress_survives_a_line(trained_networks: TrainedNetworks) -> None:
    first = next(iter(run_experiment(request("aaa"), trained_networks)))
    assert isinstance(first, Progress)
    assert read_line(progress_line(first)) == first


def test_its_result_is_stored_and_found_by_request_and_by_run(
    tmp_path: Path, trained_networks: TrainedNetworks
) -> None:
    cache = ResultCache(tmp_path)
    for made in (request(*LABELS), request("cc", run="run")):
        answer = Answer(finished(run_experiment(made, trained_networks), ToyResult), 2.0)
        cache.put(made, answer)
        assert cache.get(made) == answer
    assert [each.request for each in cache.of_run("run-cc")] == [request("cc", run="run")]


def test_its_time_is_estimated_from_its_work() -> None:
    shorter, longer = (expected_seconds(request("a", factor=factor)) for factor in (1, 3))
    assert longer - shorter == pytest.approx(2 * LETTER_SECONDS)
