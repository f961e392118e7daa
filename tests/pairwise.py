"""All-pairs rows: every allowed pair of two fields' values occurs in at least one row, in far fewer rows than all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

Row = dict[str, Any]
Pair = tuple[tuple[str, Any], tuple[str, Any]]


def pairwise_rows(values: Mapping[str, Sequence[Any]], allowed: Callable[[Row], bool]) -> list[Row]:
    """Greedy: start from a pair not yet seen, then give each field the value that adds most new pairs.

    `allowed` judges rows that may still lack fields; every allowed pair must have a completion.
    """
    open_pairs = dict.fromkeys(pair for pair in _pairs_of(values) if allowed(dict(pair)))
    rows = []
    while open_pairs:
        row: Row = dict(next(iter(open_pairs)))
        for name in values:
            if name not in row:
                row[name] = _best(row, name, values[name], allowed, open_pairs)
        for pair in combinations(((name, row[name]) for name in values), 2):
            open_pairs.pop(pair, None)
        rows.append({name: row[name] for name in values})
    return rows


def _pairs_of(values: Mapping[str, Sequence[Any]]) -> Iterator[Pair]:
    for first, second in combinations(values, 2):
        for one in values[first]:
            for other in values[second]:
                yield (first, one), (second, other)


def _best(row: Row, name: str, choices: Sequence[Any], allowed: Callable[[Row], bool], open_pairs: Row) -> Any:
    fitting = [value for value in choices if allowed(row | {name: value})]

    def gain(value: Any) -> int:
        mine = (name, value)
        return sum((mine, item) in open_pairs or (item, mine) in open_pairs for item in row.items())

    return max(fitting, key=gain)
