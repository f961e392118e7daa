"""Links carry a spec there and back, and say what is wrong with a damaged one."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from explorer.model import PRESETS, ModelSpec, SpecError, preset
from explorer.model.link import LONGEST_LINK, from_link, to_link

SPECS = [
    ModelSpec(),
    preset("cifar_plain56"),
    replace(preset("resnet50"), stem="deep", stem_width=32, shortcut="avg_projection"),
    replace(preset("cifar_resnet110"), skip="scale", skip_scale=-0.5, residual_scale=1 / 3),
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


def test_a_typical_change_is_short_enough_to_read_out() -> None:
    assert len(to_link(replace(preset("resnet50"), stem="deep", stem_width=32))) < 55


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_link_cut_short_is_noticed(cut: int) -> None:
    link = to_link(replace(preset("resnet18"), stage_blocks=(3, 4, 6, 13)))
    with pytest.raises(SpecError, match="cut short or altered") as caught:
        from_link(link[:-cut])
    assert caught.value.field == "link"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cut short"),
        ("1", "cut short"),
        ("2~resnet50~00", "version 2"),
        ("x" * (LONGEST_LINK + 1), "more than"),
        ("1~resnet50~stem.deep~00", "altered"),
    ],
)
def test_a_damaged_link_gets_one_sentence(text: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
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
