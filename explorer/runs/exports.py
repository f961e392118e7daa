"""The curves of runs as files: a CSV, or TensorBoard's event files in one zip with a folder for each run.

A process of its own writes the event files, `python -m explorer.runs.exports`: tensorboardX loads torch where there is
one, which the server must not. That process runs without torch, and needs a second.
"""

import csv
import io
import json
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from explorer.jobs.child_side import SendProgress, answer_one, texts_of
from explorer.jobs.one_shot import OneShot
from explorer.runs.events import Evaluation, Event, Step
from explorer.runs.records import RunRecord
from explorer.runs.store.store import Store

MODULE = "explorer.runs.exports"
LONGEST_SECONDS = 120.0

TAGS = {
    "train_loss": "loss/train",
    "test_loss": "loss/test",
    "train_error": "error_percent/train",
    "test_error": "error_percent/test",
    "learning_rate": "learning_rate",
}
"""What TensorBoard calls each quantity: what stands before the slash becomes a chart, so that train and test share one
group. Losses are cross-entropies in nats."""

NOT_IN_A_NAME = re.compile(r"[^\w .,=+()-]+")


@dataclass(frozen=True)
class ZipRequest:
    """The file with the runs as `_described` gives them, and the archive to be written."""

    runs: str
    output: str


def curves_as_event_files(store: Store, runs: Sequence[RunRecord]) -> bytes:
    """A zip to be unpacked where `tensorboard --logdir` looks. Raises StoreError, and ChildError where none is made."""
    with tempfile.TemporaryDirectory() as folder:
        request = ZipRequest(f"{folder}/runs.json", f"{folder}/runs.zip")
        Path(request.runs).write_text(json.dumps([_described(store, run) for run in runs]), encoding="utf-8")
        OneShot(MODULE, request, int, LONGEST_SECONDS).result()
        return Path(request.output).read_bytes()


def folder_name(run: RunRecord) -> str:
    """The run's name in TensorBoard: comparison, network, seed, and enough of the id to make it unique."""
    comparison, label = (
        NOT_IN_A_NAME.sub("_", name).strip(" .")[:80] or "_" for name in (run.comparison_name, run.label)
    )
    return f"{comparison}/{label}, seed {run.seed} ({run.id[:8]})"


def _described(store: Store, run: RunRecord) -> dict[str, Any]:
    """What the process needs of a run: its folder, its settings as text, and its points with the time of day."""
    began = run.started or run.created
    points = [
        (TAGS[point.quantity], point.value, point.step, began + point.seconds)
        for point in scalars(events_of(store, run))
    ]
    about = {"network": json.loads(run.spec_json), "settings": json.loads(run.settings_json), "state": run.state}
    return {"folder": folder_name(run), "about": json.dumps(about, indent=2), "points": points}


def write_zip(path: Path, described: Iterable[dict[str, Any]]) -> None:
    """Writes the event files of the runs that `_described` described."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for run in described:
            _write_run(Path(folder) / run["folder"], run)
        for file in sorted(Path(folder).rglob("*tfevents*")):
            archive.write(file, file.relative_to(folder))


def _write_run(folder: Path, run: dict[str, Any]) -> None:
    # Imported here, by the process alone. None makes tensorboardX believe that there is no torch, which it needs for
    # things that are not written here.
    sys.modules.setdefault("torch", None)  # type: ignore[arg-type]
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(logdir=str(folder), max_queue=10_000, flush_secs=3600)
    writer.add_text("about", f"```json\n{run['about']}\n```")
    for tag, value, step, moment in run["points"]:
        writer.add_scalar(tag, value, step, walltime=moment)
    writer.close()


def work(request: ZipRequest, _send_progress: SendProgress) -> int:
    """Writes the archive. Returns its size in bytes."""
    write_zip(Path(request.output), json.loads(Path(request.runs).read_text(encoding="utf-8")))
    return Path(request.output).stat().st_size


QUANTITIES: Mapping[type[Event], tuple[str, ...]] = {
    Step: ("train_loss", "train_error", "learning_rate"),
    Evaluation: ("test_loss", "test_error"),
}
"""The numbers of an event of each kind. Losses are cross-entropies in nats, errors are in percent."""

RUN_COLUMNS = ("run", "race", "network", "dataset", "seed")


class Scalar(NamedTuple):
    """One point of a curve; `seconds` are of training."""

    step: int
    seconds: float
    quantity: str
    value: float


COLUMNS = (*RUN_COLUMNS, *Scalar._fields)


def scalars(events: Iterable[Event]) -> Iterator[Scalar]:
    """Every point of every curve, in the order of the events. A value that is not a number is NaN."""
    for event in events:
        if not isinstance(event, Step | Evaluation):
            continue
        for name in QUANTITIES[type(event)]:
            yield Scalar(event.step, event.seconds, name, getattr(event, name))


def events_of(store: Store, run: RunRecord) -> list[Event]:
    """The events of a run that hold points of its curves, in order. Raises StoreError."""
    kinds = [kind.kind for kind in QUANTITIES]
    return [stored.event for stored in store.events({run.id: 0}, kinds)]


def curves_as_csv(store: Store, runs: Sequence[RunRecord]) -> str:
    """All points of all curves of these runs, one line each, under `COLUMNS`. Raises StoreError.

    A cell that a spreadsheet would read as a formula gets an apostrophe in front, as OWASP advises: users choose names.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for run in runs:
        own = (run.id, _harmless(run.comparison_name), _harmless(run.label), run.dataset, run.seed)
        writer.writerows((*own, *scalar) for scalar in scalars(events_of(store, run)))
    return text.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


if __name__ == "__main__":
    sys.exit(answer_one(ZipRequest, work, texts_of()))
