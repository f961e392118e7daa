"""The thresholds come from an experiment, whose record is held to its own rules; a small part of it is repeated."""

import json

import pytest

from explorer.engine.identification.weigh import neighbours
from explorer.identify.thresholds import thresholds
from scripts.identification_thresholds import DATASETS, RECORD, SOURCES, chosen, counts, held, stored, trained

GROSS = {"shortcut", "activation_order"}


@pytest.mark.parametrize("source", SOURCES)
def test_the_thresholds_are_those_that_the_record_asks_for(source) -> None:
    rows = [row for row in stored() if row.source == source]
    assert {(row.dataset, row.variant) for row in rows} == {
        (dataset, name) for dataset, (_, names) in DATASETS.items() for name in names
    }
    assert thresholds(source) == chosen(rows)
    at_threshold = counts(rows, thresholds(source).ratio)
    assert at_threshold["wrong"] == 0
    assert at_threshold["excluded"] > 0
    assert all(row.distance <= thresholds(source).distance for row in rows)
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))["counts"][source]
    assert recorded == {ratio: counts(rows, float(ratio)) for ratio in recorded}


def test_no_thresholds_for_images_of_an_unknown_source() -> None:
    with pytest.raises(KeyError, match="noise"):
        thresholds("noise")


def test_a_small_part_of_the_experiment_ends_as_recorded() -> None:
    """The plain and a residual network, with every shortcut and order as rivals: as many wrong as on record, none."""
    limits = thresholds("data")
    rows = []
    for name in ("plain", "pad"):
        spec, network = trained(name, "digits", steps=100)
        rivals = [each for each in neighbours(spec) if set(each.changes(spec)) <= GROSS]
        rows.append(held(name, "digits", "data", (spec, network), rivals))
    recorded = [row for row in stored() if (row.dataset, row.source) == ("digits", "data")]
    same = [row for row in recorded if row.variant in ("plain", "pad")]
    assert counts(rows, limits.ratio)["wrong"] == counts(same, limits.ratio)["wrong"] == 0
    assert counts(rows, limits.ratio)["excluded"] >= 4
    assert all(row.distance <= limits.distance for row in rows)
