"""The result of a study as tables, which `outputs` writes as text, CSV or Markdown."""

import math
from collections.abc import Mapping

from explorer.classes.csv_export import as_text
from explorer.language import N_
from explorer.outputs.tables.table import Cell as TableCell
from explorer.outputs.tables.table import Table
from explorer.studies.conducting import Progress
from explorer.studies.results import QUANTITIES, Middle, StudyResult

SHOWN: Mapping[str, str] = {"test_error": N_("Test error, %"), "train_error": N_("Training error, %")}
"""The quantities of the tables, with their headings; files have all of QUANTITIES."""
LOW, HIGH = N_("from"), N_("to")


def medians_table(result: StudyResult) -> Table:
    """A row for each cell: how many runs finished and diverged, the medians, and their intervals."""
    keys, labels = ["cell", "finished", "diverged"], [N_("Cell"), N_("Finished"), N_("Diverged")]
    for name, label in SHOWN.items():
        keys += [name, f"{name}_low", f"{name}_high"]
        labels += [label, LOW, HIGH]
    rows = []
    for each in result.cells:
        row: list[TableCell] = [each.cell.label, each.states.get("finished", 0), each.states.get("diverged", 0)]
        for name in SHOWN:
            row += numbers(each.middles[name])
        rows.append(tuple(row))
    return Table(N_("Medians over the seeds, with their intervals"), tuple(keys), tuple(labels), tuple(rows))


def differences_table(result: StudyResult) -> Table:
    """A row for each pair of cells: the median of the differences seed by seed, and its interval."""
    keys, labels = ["cell", "less", "pairs"], [N_("Cell"), N_("less"), N_("Pairs")]
    for name, label in SHOWN.items():
        keys += [name, f"{name}_low", f"{name}_high"]
        labels += [label, LOW, HIGH]
    rows = []
    for each in result.differences:
        row: list[TableCell] = [each.cell.label, each.base.label, len(each.middles["test_error"].values)]
        for name in SHOWN:
            row += numbers(each.middles[name])
        rows.append(tuple(row))
    return Table(N_("Differences, paired by seed, with their intervals"), tuple(keys), tuple(labels), tuple(rows))


def runs_table(progress: Progress) -> Table:
    """A row for each run, with its factors and how it ended: what a program reads."""
    names = list(dict.fromkeys(name for cell in progress.study.cells for name, _value in cell.factors))
    keys = ("network", *names, "seed", "state", "seconds", *QUANTITIES, "run")
    rows = []
    for cell, runs in progress.cells:
        factors = dict(cell.factors)
        own = [as_text(each) if isinstance(each := factors.get(name), str) else each for name in names]
        for run in runs:
            ends = [_finite(getattr(run.result, name, math.nan)) for name in QUANTITIES]
            rows.append((as_text(cell.network), *own, run.seed, run.state, run.seconds, *ends, run.id))
    return Table(progress.study.title, keys, keys, tuple(rows))


def numbers(found: Middle) -> list[float | None]:
    """The median and the ends of its interval; None for what is not known."""
    low, high = found.interval or (None, None)
    return [_finite(found.median), low, high]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
