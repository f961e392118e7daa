"""Rows of new runs and comparisons as the store inserts them, and runs read back by comparison."""

import uuid
from collections.abc import Iterable

from explorer.runs.records import NamedNetwork, RunRecord, TrainingComparison
from explorer.runs.settings import TrainingSettings

LONGEST_NAME = 200


def new_id() -> str:
    """A new id, of a run or of a comparison."""
    return uuid.uuid4().hex


def new_comparison(comparison_id: str, owner: str, name: str, now: float) -> dict[str, object]:
    """The row of a comparison."""
    return {"id": comparison_id, "owner": owner, "name": name[:LONGEST_NAME], "created": now}


def new_run(
    run_id: str, comparison_id: str, network: NamedNetwork, settings: TrainingSettings, now: float
) -> dict[str, object]:
    """The row of a run, but for its place and its state."""
    return {
        "id": run_id,
        "comparison_id": comparison_id,
        "label": network.label[:LONGEST_NAME],
        "spec_json": network.spec.to_json(),
        "settings_json": settings.to_json(),
        "dataset": settings.dataset,
        "seed": settings.seed,
        "steps": settings.steps,
        "created": now,
    }


def grouped(runs: Iterable[RunRecord]) -> list[TrainingComparison]:
    """The comparisons of runs that come sorted by comparison."""
    groups: dict[str, list[RunRecord]] = {}
    for run in runs:
        groups.setdefault(run.comparison_id, []).append(run)
    return [
        TrainingComparison(comparison_id, group[0].owner, group[0].comparison_name, group[0].created, tuple(group))
        for comparison_id, group in groups.items()
    ]
