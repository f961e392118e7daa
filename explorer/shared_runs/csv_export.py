"""The curves of a shared run as a file, whose cells no spreadsheet takes for formulas and which names nobody."""

import csv
import io

from explorer.classes.csv_export import as_text
from explorer.runs.exports import events_of, scalars
from explorer.runs.store.store import Store
from explorer.shared_runs.conducting import Progress

COLUMNS = ("number", "seed", "network", "state", "stopped", "quantity", "step", "seconds", "value")


def curves_as_csv(store: Store, progress: Progress) -> str:
    """Every point of every curve, one line each, with the values of the grid; stopped runs too. Raises StoreError.

    `number` counts the shares that were dealt; it says nothing of the seat.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    plan = progress.shared.plan
    varied = [each.name for each in plan.varied]
    writer.writerow([*COLUMNS[:3], *varied, *COLUMNS[3:]])
    for seat_run, runs in progress.seat_runs:
        cell = plan.cells[seat_run.number % len(plan.cells)]
        for run in runs:
            own = (seat_run.number, run.seed, as_text(run.label), *cell, run.state, seat_run.stopped)
            writer.writerows(
                (*own, point.quantity, point.step, point.seconds, point.value)
                for point in scalars(events_of(store, run))
            )
    return text.getvalue()
