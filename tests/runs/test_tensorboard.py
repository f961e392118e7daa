"""TensorBoard event files, read back by TensorBoard itself."""

import io
import json
import math
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from explorer.jobs.one_shot import ChildError
from explorer.runs.events import Evaluation, Event, Step
from explorer.runs.exports import curves_as_event_files, folder_name
from explorer.runs.records import RunRecord
from explorer.runs.store.store import Store
from tests.runs.conftest import QueueComparison

READ = """
import json, sys
from pathlib import Path
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
found = {}
for folder in {path.parent for path in Path(sys.argv[1]).rglob("*tfevents*")}:
    read = EventAccumulator(str(folder))
    read.Reload()
    scalars = {tag: [(each.step, each.value, each.wall_time) for each in read.Scalars(tag)]
               for tag in read.Tags()["scalars"]}
    text = read.Tensors("about/text_summary")[0].tensor_proto.string_val[0].decode()
    found[str(folder.relative_to(sys.argv[1]))] = {"scalars": scalars, "text": text}
print(json.dumps(found))
"""
"""TensorBoard loads torch where there is one and warns of what is its own affair: in a process apart."""


def step(number: int, loss: float, seconds: float) -> Step:
    return Step(step=number, train_loss=loss, train_error=12.5, learning_rate=0.02, seconds=seconds)


def told(store: Store, *events: Event) -> RunRecord:
    run = store.work.claim("w", "server")
    assert run is not None
    store.work.report(run.id, "w", events)
    found = store.run(run.id)
    assert found is not None
    return found


def test_tensorboard_reads_every_point_of_every_run(
    store: Store, queue_comparison: QueueComparison, tmp_path: Path
) -> None:
    queue_comparison(count=2, name="../up: λ = 1")
    evaluation = Evaluation(step=20, test_loss=0.75, test_error=6.25, seconds=3.0)
    first = told(store, step(10, 0.5, 1.5), step(20, 0.25, 2.5), evaluation)
    second = told(store, step(10, math.nan, 1.0))
    data = curves_as_event_files(store, [first, second])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert all(not name.startswith(("/", "..")) for name in archive.namelist())
        archive.extractall(tmp_path / "logs")
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / "logs")], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert set(found) == {folder_name(first), folder_name(second)}
    scalars = found[folder_name(first)]["scalars"]
    began = first.started or 0.0
    # Single precision for a value, double for a time.
    assert scalars["loss/train"] == [[10, 0.5, began + 1.5], [20, 0.25, began + 2.5]]
    assert scalars["loss/test"] == [[20, 0.75, began + 3.0]]
    assert scalars["error_percent/train"] == [[10, 12.5, began + 1.5], [20, 12.5, began + 2.5]]
    assert scalars["error_percent/test"] == [[20, 6.25, began + 3.0]]
    assert [point[1] for point in scalars["learning_rate"]] == pytest.approx([0.02, 0.02])
    assert '"momentum": 0.9' in found[folder_name(first)]["text"]
    assert math.isnan(found[folder_name(second)]["scalars"]["loss/train"][0][1])


def test_names_are_harmless_and_tell_runs_apart(store: Store, queue_comparison: QueueComparison) -> None:
    runs = queue_comparison(owner="../../etc/passwd\0 <b>", count=2, name="..").runs
    names = [folder_name(run) for run in runs]
    assert len(set(names)) == 2
    for name in names:
        assert name.count("/") == 1
        assert not name.startswith((".", "/"))
        assert ".." not in name.split("/")


def test_a_process_that_fails_is_one_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.runs.exports.MODULE", "explorer.no_such_module")
    with pytest.raises(ChildError, match="No module named"):
        curves_as_event_files(store, [])
