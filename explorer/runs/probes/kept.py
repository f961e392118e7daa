"""Results that are kept: a file each, named by the request, so that a page that is opened again need not ask again."""

import contextlib
import os
import re
from pathlib import Path

from explorer.runs.places import data_directory
from explorer.runs.probes.lines import Answer, read_line, result_line
from explorer.runs.probes.measurements import keep_measurement
from explorer.runs.probes.request import ProbeRequest

MOST_KEPT = 400
KEY = re.compile(r"[0-9a-f]{32}")


class KeptResults:
    """The results in a folder (default: in the data folder). StoreError where that folder cannot be made."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_directory() / "probes" / "results"

    def get(self, request: ProbeRequest) -> Answer | None:
        """The answer to an equal request, None where there is none."""
        found = self.by_key(request.key)
        return found[1] if found else None

    def by_key(self, key: str) -> tuple[ProbeRequest, Answer] | None:
        """Request and answer under a key, as links carry it; None where there is none, or none that can be read."""
        if not KEY.fullmatch(key):
            return None
        try:
            asked, answered = (self.folder / f"{key}.jsonl").read_text(encoding="utf-8").splitlines()
            answer = read_line(answered)
            return (ProbeRequest.from_json(asked), answer) if isinstance(answer, Answer) else None
        except (OSError, ValueError, KeyError):
            return None

    def put(self, request: ProbeRequest, answer: Answer) -> None:
        """Keeps an answer, in one piece or not at all; a disk that is full keeps nothing. The oldest make room."""
        place = self.folder / f"{request.key}.jsonl"
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = place.with_suffix(f".{os.getpid()}.part")
            lines = (request.to_json(), result_line(answer.result, answer.seconds))
            unfinished.write_text("\n".join(lines), encoding="utf-8")
            unfinished.replace(place)
            keep_measurement(request, answer, self.folder)
            for old in sorted(self.folder.glob("*.jsonl"), key=lambda each: each.stat().st_mtime)[:-MOST_KEPT]:
                old.unlink()

    def delete(self, key: str) -> None:
        """Forgets an answer."""
        if KEY.fullmatch(key):
            (self.folder / f"{key}.jsonl").unlink(missing_ok=True)
