"""Results that are kept, a file each, named by the request, so that a page that is opened again shows them at once.

Results on the weights of a finished run lie in a folder of that run and are deleted with it. The newest measurement of
each network is kept besides, and found by the network alone, whatever the request was.
"""

import contextlib
import hashlib
import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from explorer.experiments.catalogue.measure import MeasureResult
from explorer.experiments.protocol import Answer, read_line, result_line
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import RUN_ID
from explorer.jobs.paths import data_directory, experiment_results_folder, results_folder_of_run
from explorer.model import ModelSpec

MOST_KEPT = 400
MOST_OF_A_RUN = 100
"""Results of one run; the oldest are deleted."""


@dataclass(frozen=True)
class KeptResult:
    """A kept result: its request, when it was computed (seconds since 1970), and the file that holds it."""

    request: ExperimentRequest
    when: float
    place: Path

    def lines(self) -> str:
        """Request and answer, a line of JSON each; nothing where the file has gone."""
        try:
            return f"{self.place.read_text(encoding='utf-8')}\n"
        except OSError:
            return ""


class ResultCache:
    """The results in a folder (default: in the data folder). StoreError where that folder cannot be made."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            data_directory()  # raises StoreError where nothing can be kept
        self.folder = folder or experiment_results_folder()

    def get(self, request: ExperimentRequest) -> Answer | None:
        """The answer to an equal request, None where there is none."""
        return next((found for place in self._places(request) if (found := _read(place))), None)

    def of_run(self, run: str) -> list[KeptResult]:
        """All results on the weights of a finished run, the newest first."""
        if not RUN_ID.fullmatch(run):
            return []
        found = []
        for place in oldest_first(self._of_run(run), ".jsonl")[::-1]:
            with contextlib.suppress(OSError, ValueError, KeyError), place.open(encoding="utf-8") as file:
                found.append(KeptResult(ExperimentRequest.from_json(file.readline()), place.stat().st_mtime, place))
        return found

    def put(self, request: ExperimentRequest, answer: Answer) -> None:
        """Keeps an answer, in one piece or not at all; on a full disk nothing is kept. The oldest are deleted."""
        lines = (request.to_json(), result_line(answer.result, answer.seconds))
        for place in self._places(request):
            with contextlib.suppress(OSError):
                keep_file(place, "\n".join(lines), MOST_KEPT if place.parent == self.folder else MOST_OF_A_RUN)
        keep_measurement(request, answer, self.folder)

    def delete(self, request: ExperimentRequest) -> None:
        """Deletes the answer to an equal request, where that belongs to no run."""
        (self.folder / f"{request.key}.jsonl").unlink(missing_ok=True)

    def _of_run(self, run: str) -> Path:
        return results_folder_of_run(run, self.folder)

    def _places(self, request: ExperimentRequest) -> list[Path]:
        """The file of a request; one in each run's folder where its networks are those of runs."""
        runs = dict.fromkeys(subject.run for subject in request.networks if subject.run)
        folders = [self._of_run(run) for run in runs] or [self.folder]
        return [folder / f"{request.key}.jsonl" for folder in folders]


def _read(place: Path) -> Answer | None:
    """The answer in a file; None where there is none, or none that can be read."""
    try:
        _, answered = place.read_text(encoding="utf-8").splitlines()
        answer = read_line(answered)
    except (OSError, ValueError, KeyError):
        return None
    return answer if isinstance(answer, Answer) else None


MEASURED_FOLDER = "measured"
"""Inside the folder of kept results."""
MOST_MEASURED = 1000


def newest_measurement(spec: ModelSpec, results: Path | None = None) -> MeasureResult | None:
    """The newest measurement of `spec` on this machine, a result with one network; None where there is none.

    `results` is the folder of kept results; without it that of the data folder.
    """
    place = _measured_place(spec, results or experiment_results_folder())
    try:
        return _read_measurement(place, place.stat().st_mtime_ns)
    except OSError:
        return None


def keep_measurement(request: ExperimentRequest, answer: Answer, results: Path) -> None:
    """Stores each network's part of an answer; other results, and what cannot be written, are left out."""
    if not isinstance(answer.result, MeasureResult):
        return
    specs = {subject.label: subject.spec for subject in request.networks}
    with contextlib.suppress(OSError):
        for network in answer.result.networks:
            line = result_line(replace(answer.result, networks=(network,)), answer.seconds)
            keep_file(_measured_place(specs[network.label], results), line, MOST_MEASURED)


def _measured_place(spec: ModelSpec, results: Path) -> Path:
    return results / MEASURED_FOLDER / f"{hashlib.sha256(spec.to_json().encode()).hexdigest()[:32]}.json"


@lru_cache(maxsize=128)
def _read_measurement(place: Path, written: int) -> MeasureResult | None:
    """The file as it was at the time `written`, None where it cannot be understood."""
    try:
        line = read_line(place.read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError):
        return None
    found = isinstance(line, Answer) and isinstance(line.result, MeasureResult) and len(line.result.networks) == 1
    return line.result if found else None  # type: ignore[union-attr,return-value]


def keep_file(place: Path, text: str, most: int) -> None:
    """Writes a file, and keeps the newest `most` files with its ending. Raises OSError where the disk is full."""
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(f".{os.getpid()}.part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(place)
    for old in oldest_first(place.parent, place.suffix)[:-most]:
        old.unlink()


def oldest_first(folder: Path, suffix: str) -> list[Path]:
    """The files that end in `suffix`, by the time they were written."""
    return sorted(folder.glob(f"*{suffix}"), key=lambda each: each.stat().st_mtime)
