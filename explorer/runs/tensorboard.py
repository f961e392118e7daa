"""The curves of runs as TensorBoard event files, in one zip with a folder for each run.

A process of its own writes the files, `python -m explorer.runs.tensorboard`: tensorboardX loads torch where there is
one, which the server must not. That process runs without torch, and needs a second.
"""

import json
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.jobs.child_side import SendProgress, answer_one, texts_of
from explorer.jobs.one_shot import OneShot
from explorer.runs.exports import events_of, scalars
from explorer.runs.records import RunRecord
from explorer.runs.store.store import Store

MODULE = "explorer.runs.tensorboard"
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
        NOT_IN_A_NAME.sub("_", words).strip(" .")[:80] or "_" for words in (run.comparison_name, run.label)
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


if __name__ == "__main__":
    sys.exit(answer_one(ZipRequest, work, texts_of()))
