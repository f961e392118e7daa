"""Choosing: bounds, the frontier by hand and against its definition, and the way out where nothing fits."""

import random

import pytest

from explorer.model import preset
from explorer.outputs.tables.choosing import ERROR, TIME, Candidate, fitting, frontier, table, way_out

SPEC = preset("resnet18")


def candidate(label: str, params: float, error: float | None = None, time: float | None = None) -> Candidate:
    amounts = {"params": params, "macs": 100 * params}
    amounts |= {} if error is None else {ERROR: error}
    return Candidate(label.lower(), label, "a paper", SPEC, amounts | ({} if time is None else {TIME: time}))


SMALL, MIDDLE, WASTEFUL, LARGE = (
    candidate("Small", 1e6, 30.0, 5.0),
    candidate("Middle", 2e6, 25.0),
    candidate("Wasteful", 3e6, 26.0, 9.0),
    candidate("Large", 4e6, 20.0),
)
UNPUBLISHED = candidate("Unpublished", 1e5)
ALL = [LARGE, UNPUBLISHED, WASTEFUL, SMALL, MIDDLE]


def labels(found: list[Candidate]) -> list[str]:
    return [each.label for each in found]


def test_the_frontier_leaves_out_what_is_dearer_and_worse() -> None:
    assert labels(frontier(ALL, "params")) == ["Small", "Middle", "Large"]
    assert labels(frontier(ALL, TIME)) == ["Small", "Wasteful"], "more accurate ones were not timed"


def test_the_frontier_is_what_nothing_dominates() -> None:
    chance = random.Random(0)
    some = [candidate(str(number), chance.randrange(1, 30), chance.randrange(1, 30)) for number in range(200)]

    def dominated(one: Candidate) -> bool:
        mine = one.amounts["params"], one.amounts[ERROR]
        pairs = [(each.amounts["params"], each.amounts[ERROR]) for each in some]
        return any(cost <= mine[0] and error <= mine[1] and (cost, error) != mine for cost, error in pairs)

    found = {each.label for each in frontier(some, "params")}
    assert found == {each.label for each in some if not dominated(each)}


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        ({}, ["Large", "Unpublished", "Wasteful", "Small", "Middle"]),
        ({"most_params": 2.0}, ["Unpublished", "Small", "Middle"]),
        ({"least_top1": 75.0}, ["Large", "Middle"]),
        ({"most_ms": 9.0}, ["Wasteful", "Small"]),
        ({"most_params": 2.0, "least_top1": 75.0}, ["Middle"]),
        ({"most_macs": 0.1}, ["Unpublished", "Small"]),
    ],
)
def test_bounds_hold_and_an_unknown_figure_keeps_none(limits: dict[str, float], left: list[str]) -> None:
    assert labels(fitting(ALL, limits)) == left


def test_the_way_out_names_the_bound_and_the_nearest_network() -> None:
    found = way_out(ALL, {"most_params": 0.5, "least_top1": 72.0})
    assert (found.bound, found.excluded, found.left) == ("most_params", 4, 3)
    assert (found.limit, found.nearest) == (2.0, "Middle")
    accurate = way_out(ALL, {"least_top1": 90.0})
    assert (accurate.limit, accurate.nearest) == (80.0, "Large")
    together = way_out(ALL, {"most_params": 0.01, "most_macs": 0.001})
    assert (together.left, together.limit) == (0, None)


def test_the_table_begins_with_the_most_accurate_and_marks_the_frontier() -> None:
    found = table(ALL, frontier(ALL, "params"), {"params": "Parameters", TIME: "ms"})
    assert [row[0] for row in found.rows] == ["Large", "Middle", "Wasteful", "Small", "Unpublished"]
    rows = {row[0]: dict(zip(found.keys, row, strict=True)) for row in found.rows}
    assert rows["Middle"]["accuracy"] == 75.0
    assert [rows[name]["frontier"] for name in ("Middle", "Wasteful", "Unpublished")] == ["yes", "no", "no"]
    assert (rows["Small"]["params"], rows["Small"][TIME], rows["Large"][TIME]) == (1_000_000, 5, None)
