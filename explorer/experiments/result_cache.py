"""Results that are kept, a file each, named by the request, so that a page that is opened again shows them at once.

Results on the weights of a finished run lie in a folder of that run and are deleted with it.
"""

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from explorer.experiments.measurement_cache import keep_measurement
from explorer.experiments.protocol import Answer, read_line, result_line
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import RUN_ID
from explorer.jobs.bounded_folder import keep_file, oldest_first
from explorer.jobs.paths import data_directory, experiment_results_folder, results_folder_of_run

MOST_KEPT = 400
MOST_OF_A_RUN = 100
"""Results of one run; the oldest are deleted."""
KEY = re.compile(r"[0-9a-f]{32}")


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
        return next((found[1] for place in self._places(request) if (found := _read(place))), None)

    def by_key(self, key: str) -> tuple[ExperimentRequest, Answer] | None:
        """Request and answer under a key, as links carry it; None where there is none, or none that can be read."""
        return _read(self.folder / f"{key}.jsonl") if KEY.fullmatch(key) else None

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

    def delete(self, key: str) -> None:
        """Deletes an answer that belongs to no run."""
        if KEY.fullmatch(key):
            (self.folder / f"{key}.jsonl").unlink(missing_ok=True)

    def _of_run(self, run: str) -> Path:
        return results_folder_of_run(run, self.folder)

    def _places(self, request: ExperimentRequest) -> list[Path]:
        """The file of a request; one in each run's folder where its networks are those of runs."""
        runs = dict.fromkeys(subject.run for subject in request.networks if subject.run)
        folders = [self._of_run(run) for run in runs] or [self.folder]
        return [folder / f"{request.key}.jsonl" for folder in folders]


def _read(place: Path) -> tuple[ExperimentRequest, Answer] | None:
    """What a file holds; None where there is none, or none that can be read."""
    try:
        asked, answered = place.read_text(encoding="utf-8").splitlines()
        answer = read_line(answered)
        return (ExperimentRequest.from_json(asked), answer) if isinstance(answer, Answer) else None
    except (OSError, ValueError, KeyError):
        return None
