"""The curves of runs as a CSV file."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from explorer.runs.events import Evaluation, Event, Step
from explorer.runs.records import RunRecord
from explorer.runs.store.store import Store

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
