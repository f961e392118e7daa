"""Running a candidate from where it differs from another one on changes nothing but the time."""

from dataclasses import replace

import pytest
import torch

from explorer.engine.identification import by_name_or_order
from explorer.engine.identification.units import pass_from, pass_through, units_of


@pytest.fixture
def tensors(small, pictures, remembering):
    return by_name_or_order(remembering(small, pictures).state_dict())


@pytest.mark.parametrize("fields", [{"shortcut": "pad_behind"}, {"activation": "silu"}, {"head_scale": 0.125}, {}])
def test_a_shared_beginning_gives_the_same_distances(fields, small, pictures, tensors) -> None:
    known = pass_through(units_of(small, tensors, 16), pictures)
    units = units_of(replace(small, **fields), tensors, 16)
    assert pass_from(known, units).by_norm == pytest.approx(pass_through(units, pictures).by_norm, rel=1e-3, abs=1e-6)


def test_a_pass_ends_where_it_is_certainly_too_far_or_after_so_many_units(small, pictures, tensors) -> None:
    known = pass_through(units_of(small, tensors, 16), pictures)
    units = units_of(replace(small, activation="silu"), tensors, 16)
    whole = pass_from(known, units).by_norm
    assert len(whole) == 7
    stopped = pass_from(known, units, bound=2.0).by_norm
    assert 0 < len(stopped) < len(whole)
    assert stopped == whole[: len(stopped)]
    assert pass_from(known, units, most=2).by_norm == whole[:3]


def test_a_pass_leaves_the_files_statistics_as_they_are(small, pictures, tensors) -> None:
    before = {name: each.clone() for name, each in tensors(small).items()}
    pass_through(units_of(small, tensors, 16), pictures)
    assert all(torch.equal(each, before[name]) for name, each in tensors(small).items())
