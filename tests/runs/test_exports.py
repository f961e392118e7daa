"""Curves as files: every number that was told, and nothing that a spreadsheet would run."""

import csv
import io

from explorer.model import preset
from explorer.runs.events import Diagnostics, Evaluation, Started, Step
from explorer.runs.exports import COLUMNS, Scalar, curves_as_csv, scalars
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store

STEP = Step(step=10, train_loss=0.1 + 0.2, train_error=5.0, learning_rate=0.02, seconds=1.5)
LOOK = Evaluation(step=10, test_loss=0.4, test_error=7.5, seconds=1.5)
STARTED = Started(
    step=0, device="cpu", device_name="A", precision="fp32", steps=20, batch_size=1, parameters=1, train_images=1,
    test_images=1,
)  # fmt: skip


def test_scalars_are_every_curve_and_nothing_else() -> None:
    assert list(scalars([STARTED, STEP, Diagnostics(step=10, gradient_norms=(1.0,)), LOOK])) == [
        Scalar(10, 1.5, "train_loss", 0.1 + 0.2),
        Scalar(10, 1.5, "train_error", 5.0),
        Scalar(10, 1.5, "learning_rate", 0.02),
        Scalar(10, 1.5, "test_loss", 0.4),
        Scalar(10, 1.5, "test_error", 7.5),
    ]


def test_csv_holds_exact_values_and_no_formula(data_directory) -> None:
    store = Store()
    named_networks = [NamedNetwork('=HYPERLINK("x"), 1', preset("cifar_resnet20"))]
    (run,) = store.create_comparison(named_networks, TrainingSettings(seed=5), owner="me", name="tea, or coffee").runs
    store.work.claim("here:1:aa", run.pool)
    store.work.report(run.id, "here:1:aa", [STARTED, STEP, LOOK])
    rows = list(csv.DictReader(io.StringIO(curves_as_csv(store, [run]))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 5
    assert rows[0] == {
        "run": run.id,
        "race": "tea, or coffee",
        "network": """'=HYPERLINK("x"), 1""",
        "dataset": "digits",
        "seed": "5",
        "step": "10",
        "seconds": "1.5",
        "quantity": "train_loss",
        "value": "0.30000000000000004",
    }
