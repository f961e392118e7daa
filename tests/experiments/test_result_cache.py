"""Measurements by network: the newest counts, wherever it was made, and damage counts as absence."""

from pathlib import Path

import pytest

from explorer.experiments import Answer, ExperimentRequest, ResultCache, Subject
from explorer.experiments.catalogue.measure import BlockTime, MeasuredMemory, MeasuredNetwork, MeasureResult, Timing
from explorer.experiments.result_cache import MEASURED_FOLDER, newest_measurement
from explorer.model import assemble, preset

NAMES = ("cifar_resnet20", "cifar_plain20")


def measured(request: ExperimentRequest, seconds: float) -> Answer:
    """An answer in which every block of every network takes `seconds`."""
    networks = []
    for subject in request.networks:
        paths = [placed.path or stage.name for stage, placed in assemble(subject.spec).placed_blocks()]
        timing = Timing("forward", 1, (seconds,) * 6)
        blocks = tuple(BlockTime(path, seconds) for path in paths)
        memory = MeasuredMemory("counted", 1, 2, 3, 4)
        networks.append(MeasuredNetwork(subject.label, 1, 1, (timing,), blocks, memory))
    return Answer(MeasureResult("cpu", "a processor", "fp32", 1, 1, {}, tuple(networks)), 1.0)


def ask(*names: str, batch: int = 1) -> ExperimentRequest:
    return ExperimentRequest(
        "measure", tuple(Subject(name, preset(name)) for name in names), parameters={"batch": batch}
    )


def median(name: str, folder: Path) -> float:
    found = newest_measurement(preset(name), folder)
    assert found is not None
    assert [network.label for network in found.networks] == [name]
    return found.networks[0].timings[0].median


def test_a_network_is_found_wherever_it_was_measured(tmp_path: Path) -> None:
    kept = ResultCache(tmp_path)
    assert newest_measurement(preset(NAMES[0]), tmp_path) is None
    kept.put(both := ask(*NAMES), measured(both, 2.0))
    assert [median(name, tmp_path) for name in NAMES] == [2.0, 2.0]
    kept.put(one := ask(NAMES[0], batch=4), measured(one, 3.0))
    assert [median(name, tmp_path) for name in NAMES] == [3.0, 2.0]
    kept.delete(one)
    assert median(NAMES[0], tmp_path) == 3.0, "forgetting a page's answer does not forget the measurement"


@pytest.mark.parametrize("text", ["", "no JSON", '{"result": 3}', '{"error": "x"}', "[]"])
def test_a_damaged_file_counts_as_absent(tmp_path: Path, text: str) -> None:
    ResultCache(tmp_path).put(request := ask(NAMES[0]), measured(request, 1.0))
    (place,) = (tmp_path / MEASURED_FOLDER).iterdir()
    place.write_text(text, encoding="utf-8")
    assert newest_measurement(preset(NAMES[0]), tmp_path) is None


def test_a_measurement_written_before_parts_were_known_is_read(tmp_path: Path) -> None:
    """Older files lack the newer fields, which then take their defaults."""
    ResultCache(tmp_path).put(request := ask(NAMES[0]), measured(request, 1.0))
    (place,) = (tmp_path / MEASURED_FOLDER).iterdir()
    text = place.read_text(encoding="utf-8")
    for part in (',"gradients":0', ',"optimiser":0', ',"saved":0', ',"ops":[]', ',"optimiser":"momentum"'):
        assert part in text
        text = text.replace(part, "")
    place.write_text(text, encoding="utf-8")
    assert median(NAMES[0], tmp_path) == 1.0
