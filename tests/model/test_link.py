"""Links carry a spec there and back, and say what is wrong with a damaged one."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.language import Text
from explorer.model import PRESETS, ModelSpec, SpecError, preset
from explorer.model.field_types import Flag, Real, WholeList
from explorer.model.link import ALTERED, LONGEST_LINK, from_link, read_value, to_link, write_value

SPECS = [
    ModelSpec(),
    preset("cifar_plain56"),
    replace(preset("resnet50"), stem="deep", stem_width=32, shortcut="avg_projection"),
    replace(preset("cifar_resnet110"), skip="scale", skip_scale=-0.5, residual_scale=1 / 3),
    replace(preset("vgg16"), head_hidden=(), num_classes=10),
    replace(preset("resnet18"), dilations=(1, 1, 2, 4), zero_init_residual=True, drop_path=0.1),
]


@pytest.mark.parametrize("spec", SPECS, ids=to_link)
def test_a_link_gives_the_same_spec_and_needs_no_escaping(spec: ModelSpec) -> None:
    link = to_link(spec)
    assert from_link(link) == spec
    assert quote(link, safe="") == link


def test_every_preset_is_its_own_shortest_link() -> None:
    for name in PRESETS:
        link = to_link(preset(name))
        assert from_link(link) == preset(name)
        assert link.count("~") == 2, f"{name} is written as {link}"


def test_a_link_from_before_the_mode_of_stochastic_depth_still_drops_by_image() -> None:
    spec = from_link("1~resnet18~drop_path.0.1~f0")
    assert (spec.drop_path, spec.drop_path_mode) == (0.1, "row")
    assert preset("cifar_stochastic110").drop_path_mode == "batch"  # Huang et al. 2016, section 3


def test_a_typical_change_is_short_enough_to_read_out() -> None:
    assert len(to_link(replace(preset("resnet50"), stem="deep", stem_width=32))) < 55


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_link_cut_short_is_noticed(cut: int) -> None:
    link = to_link(replace(preset("resnet18"), stage_blocks=(3, 4, 6, 13)))
    with pytest.raises(SpecError, match=str(ALTERED)) as caught:
        from_link(link[:-cut])
    assert caught.value.field == "link"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ALTERED),
        ("1", ALTERED),
        ("2~resnet50~00", "version 2"),
        ("x" * (LONGEST_LINK + 1), f"{LONGEST_LINK + 1:,}"),
        ("1~resnet50~stem.deep~00", ALTERED),
    ],
)
def test_a_damaged_link_gets_one_sentence(text: str, words: Text) -> None:
    with pytest.raises(SpecError, match=str(words)):
        from_link(text)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("colour.red", "link"),
        ("stem_width.wide", "stem_width"),
        ("norm_.x", "link"),
        ("zero_init_residual.2", "zero_init_residual"),
    ],
)
def test_a_well_formed_link_with_a_wrong_value_names_the_field(change: str, field: str) -> None:
    from explorer.model.link import _check_digits

    body = f"1~resnet50~{change}"
    with pytest.raises(SpecError) as caught:
        from_link(f"{body}~{_check_digits(body)}")
    assert caught.value.field == field


@given(st.floats(min_value=-4, max_value=4, allow_nan=False))
def test_a_real_number_comes_back_exactly(value: float) -> None:
    assert read_value(Real(-4, 4), write_value(value)) == value


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=8))
def test_a_list_comes_back_exactly(values: list[int]) -> None:
    assert read_value(WholeList(1, 1000, 8), write_value(values)) == values


@pytest.mark.parametrize("text", ["3,4,6,3", "3 4 6 3", "3-4-6-3", "[3, 4, 6, 3]", "(3; 4; 6; 3)"])
def test_lists_are_read_as_people_write_them(text: str) -> None:
    assert read_value(WholeList(1, 1000, 8), text) == [3, 4, 6, 3]


def test_nothing_and_flags_come_back() -> None:
    assert read_value(WholeList(1, 9, 4, optional=True), write_value(None)) is None
    assert [read_value(Flag(), write_value(value)) for value in (True, False)] == [True, False]
