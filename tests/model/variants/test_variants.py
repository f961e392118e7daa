"""The tables of variants, and that the small networks of the tests meet every pair of their entries."""

from itertools import combinations

import pytest

from explorer.model import CONTROLS, ModelSpec
from explorer.model.field_types import Choice
from tests.pairwise import pairwise_rows
from tests.variants import VALUES, can_be, sampled_variants, small_variants

TABLES = {name: declared.kind.table for name, declared in CONTROLS.items() if isinstance(declared.kind, Choice)}


@pytest.mark.parametrize("name", TABLES)
def test_every_entry_says_what_it_changes_and_who_proposed_it(name: str) -> None:
    for key, variant in TABLES[name].items():
        assert key.isascii()
        assert variant.label
        assert variant.source, key
        assert variant.help.endswith("."), key
        assert 20 < len(variant.help) < 300, key
    assert len({variant.label for variant in TABLES[name].values()}) == len(TABLES[name])


def test_every_field_that_chooses_ops_takes_part_in_the_pairs() -> None:
    numbers_without_ops = {"stage_blocks", "stem_width", "num_classes", "skip_scale", "gate_bias", "skip_dropout"}
    assert set(VALUES) == set(CONTROLS) - numbers_without_ops


def test_every_allowed_pair_is_met() -> None:
    met = {
        pair for spec in small_variants() for pair in combinations([(name, getattr(spec, name)) for name in VALUES], 2)
    }
    for first, second in combinations(VALUES, 2):
        for one in VALUES[first]:
            for other in VALUES[second]:
                allowed = can_be({first: one, second: other})
                assert (((first, one), (second, other)) in met) == allowed, (first, one, second, other)


def test_pairs_need_few_rows() -> None:
    rows = pairwise_rows(
        {"a": (1, 2, 3), "b": (1, 2, 3), "c": (1, 2), "d": (1, 2)}, lambda row: row.get("a") != row.get("c")
    )
    assert len(rows) <= 12
    assert all(row["a"] != row["c"] for row in rows)


def test_one_in_three_is_quick_and_none_is_left_out() -> None:
    quick = [each for each in sampled_variants() if isinstance(each, ModelSpec)]
    slow = [each.values[0] for each in sampled_variants() if not isinstance(each, ModelSpec)]
    assert {*quick, *slow} == {*small_variants()}
    assert 2 * len(quick) in range(len(slow), len(slow) + 3)
