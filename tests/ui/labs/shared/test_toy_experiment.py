"""A described experiment is offered for finished runs, and its results are listed, opened and tabulated."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from explorer.experiments import Answer, ExperimentRequest, ResultCache, Subject, small_network
from explorer.ui.labs.shared import finished_runs
from explorer.ui.labs.shared.experiment import result_table
from tests.toy_experiment import NAME, Letters, Origin, ToyResult, toy_experiment

RESULT = ToyResult((Letters("aaa", 9, Origin(0)),))


@pytest.fixture(autouse=True)
def toy() -> Iterator[None]:
    with toy_experiment():
        yield


def test_its_result_on_a_finished_run_is_listed_with_the_address_that_opens_it(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path)
    request = ExperimentRequest(NAME, (Subject("aaa", small_network(8), run="r1"),), parameters={"factor": 3})
    cache.put(request, Answer(RESULT, 1.0))
    (row,) = finished_runs.results_table(cache.of_run("r1")).to_dict("records")
    assert (row["Experiment"], row["Networks"]) == ("Toy label", "aaa")
    assert parse_qs(urlsplit(row["Open"]).query) == {
        "lab": ["lesion"],
        "part": ["damage"],
        "factor": ["3"],
        "runs": ["r1"],
    }


def test_the_runs_page_has_its_button() -> None:
    assert "Toy button" in [lab.button for lab in finished_runs.lab_parts()]


def test_its_result_is_a_table() -> None:
    assert result_table(RESULT).to_dict("list") == {"network": ["aaa"], "letters": [9]}
