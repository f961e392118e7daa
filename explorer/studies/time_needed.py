"""How long a study takes, from estimates, the machine's present speed, and its own finished runs."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from explorer.jobs.machine_speed import Slowdown
from explorer.runs.estimates import STARTING, TimeRange, loads
from explorer.runs.records import OVER, RunRecord
from explorer.shared_runs.waiting import DOUBT, estimated
from explorer.studies.conducting import Progress
from explorer.studies.study import Cell, Study

BETWEEN_RUNS = 0.5
"""Seconds of a run beside its training: the claim, the build of the network, the checkpoint."""


def range_left(study: Study, progress: Progress | None, workers: int, slowdown: Slowdown) -> TimeRange | None:
    """Seconds until all runs are over with so many workers; None where they cannot be estimated, as on a GPU.

    `progress` has the runs so far, if any: those of a cell that has finished some take as long as these.
    """
    cells = progress.cells if progress else [(cell, ()) for cell in study.cells]
    known = {cell.label: median(times) for cell, runs in cells if (times := _seconds(runs))}
    return _total(list(parts_left(study, cells)), known, workers, slowdown)


def parts_left(study: Study, cells: Sequence[tuple[Cell, Sequence[RunRecord]]]) -> Iterator[tuple[Cell, float]]:
    """Each run that is not over, queued or not, as the part of it that is left, 0 to 1."""
    for cell, runs in cells:
        there = {run.seed for run in runs}
        yield from ((cell, 1.0) for seed in study.seeds if seed not in there)
        yield from ((cell, 1 - run.step / max(1, run.steps)) for run in runs if run.state not in OVER)


def _seconds(runs: Sequence[RunRecord]) -> list[float]:
    """Seconds from a worker's claim to the end; the median of these is that of runs that were not paused."""
    return [run.ended - run.started for run in runs if run.state == "finished" and run.ended and run.started]


def _total(
    left: Sequence[tuple[Cell, float]], known: Mapping[str, float], workers: int, slowdown: Slowdown
) -> TimeRange | None:
    """Seconds for these parts of runs of cells, given the mean seconds of a whole run of some cells."""
    low, high = [], []
    for cell, part in left:
        training = estimated(cell.spec, cell.settings)
        seconds = known.get(cell.label) or (training and training + BETWEEN_RUNS)
        if seconds is None:
            return None
        doubt = (1 / DOUBT, DOUBT) if cell.label in known else slowdown
        low.append(part * seconds * doubt[0])
        high.append(part * seconds * doubt[1])
    if not left:
        return TimeRange(0.0, 0.0)
    busy = [0.0] * workers
    return TimeRange(max(loads(low, busy)), STARTING * slowdown.high + max(loads(high, busy)))
