"""The thresholds come from an experiment, whose record is held to its own rules; a small part of it is repeated."""

import json

import pytest

from explorer.engine.identification import dataset_images
from explorer.engine.identification.weigh import neighbours
from explorer.identify.public_use import in_public_use
from explorer.identify.thresholds import thresholds
from explorer.identify.verdict import times_farther
from scripts.identification_thresholds import RECORD, SETS, SOURCES, Group, chosen, counts, stored, trained, weighed


def rows(source: str, name: str):
    return [row for row in stored() if (row.source, row.set) == (source, name)]


@pytest.mark.parametrize("source", SOURCES)
def test_the_thresholds_are_those_that_the_set_fit_asks_for(source: str) -> None:
    assert thresholds(source) == chosen(rows(source, "fit"))


@pytest.mark.parametrize("source", SOURCES)
def test_of_networks_that_were_not_fitted_none_is_wrong(source: str) -> None:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))["counts"][source]
    for name in SETS:
        assert recorded[name] == counts(rows(source, name), thresholds(source))
        assert (recorded[name]["wrong"], recorded[name]["excluded"]) == (0, 0)
    assert recorded["check"]["right"] > 0


def test_the_sets_have_no_network_in_common_and_are_whole() -> None:
    for source in SOURCES:
        found = {(row.set, row.dataset, row.variant) for row in stored() if row.source == source}
        assert found == {
            (name, group.dataset, variant)
            for name, groups in SETS.items()
            for group in groups
            for variant in group.variants
        }
    fit, check = ({(group.depth, group.width, group.seed) for group in SETS[name]} for name in ("fit", "check"))
    assert not fit & check


def test_no_thresholds_for_images_of_an_unknown_source() -> None:
    with pytest.raises(KeyError, match="noise"):
        thresholds("noise")


def test_a_small_part_of_the_experiment_ends_as_recorded() -> None:
    """A plain and a residual network of a seed and a width of their own are the nearest of the shortcuts and orders."""
    group = Group("digits", 8, 8, 3, ("plain", "pad"))
    for variant in group.variants:
        spec, network = trained(group, variant, steps=100)
        images = dataset_images("digits", spec)
        found = weighed(
            (spec, network),
            images,
            lambda given: [each for each in in_public_use(given) if len(each.changes(given)) <= 1],
            lambda given: [each for each in neighbours(given) if each.activation == "silu"],
        )
        best, *others = found.evidence
        assert best.spec == spec
        assert times_farther(others[-1], best) > thresholds("data").ratio
