"""The newest measurement of each network, found by the network alone, whatever the request was."""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from explorer.experiments.catalogue.measure import MeasureResult
from explorer.experiments.protocol import Answer, read_line, result_line
from explorer.experiments.request import ExperimentRequest
from explorer.jobs.bounded_folder import keep_file
from explorer.jobs.paths import experiment_results_folder
from explorer.model import ModelSpec

FOLDER = "measured"
"""Inside the folder of kept results."""
MOST_KEPT = 1000


def newest_measurement(spec: ModelSpec, results: Path | None = None) -> MeasureResult | None:
    """The newest measurement of `spec` on this machine, a result with one network; None where there is none.

    `results` is the folder of kept results; without it that of the data folder.
    """
    place = _place(spec, results or experiment_results_folder())
    try:
        return _read(place, place.stat().st_mtime_ns)
    except OSError:
        return None


def keep_measurement(request: ExperimentRequest, answer: Answer, results: Path) -> None:
    """Stores each network's part of an answer; other results, and what cannot be written, are left out."""
    if not isinstance(answer.result, MeasureResult):
        return
    with contextlib.suppress(OSError):
        for spec, result in _parts(request, answer.result):
            keep_file(_place(spec, results), result_line(result, answer.seconds), MOST_KEPT)


def _parts(request: ExperimentRequest, result: MeasureResult) -> Iterator[tuple[ModelSpec, MeasureResult]]:
    specs = {subject.label: subject.spec for subject in request.networks}
    for network in result.networks:
        yield specs[network.label], replace(result, networks=(network,))


def _place(spec: ModelSpec, results: Path) -> Path:
    return results / FOLDER / f"{hashlib.sha256(spec.to_json().encode()).hexdigest()[:32]}.json"


@lru_cache(maxsize=128)
def _read(place: Path, written: int) -> MeasureResult | None:
    """The file as it was at the time `written`, None where it cannot be understood."""
    try:
        line = read_line(place.read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError):
        return None
    found = isinstance(line, Answer) and isinstance(line.result, MeasureResult) and len(line.result.networks) == 1
    return line.result if found else None  # type: ignore[union-attr,return-value]
