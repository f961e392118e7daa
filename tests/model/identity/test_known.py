"""Which known network a spec is: found by its graph, under any name and any way of saying it."""

from dataclasses import replace

import pytest

from explorer.model import PRESETS, ModelSpec, assemble, preset
from explorer.model.identity.known import identify, paper_depth
from tests.texts import numbers


def test_every_preset_is_found_first_and_exactly() -> None:
    nearest = {name: identify(preset(name))[0] for name in PRESETS}
    assert {name: found for name, found in nearest.items() if not (found.exact and found.name == name)} == {}


def test_differences_that_keep_the_name_are_stated() -> None:
    spec = replace(preset("resnet50"), image_size=64, num_classes=6, in_channels=1)
    (found,) = identify(spec)
    assert found.name == "resnet50"
    assert not found.exact
    assert found.changed_fields == ("image_size", "num_classes", "in_channels")
    assert str(found.told) == ", ".join((PRESETS["resnet50"].title, *map(str, found.differences)))
    assert [numbers(str(each)) for each in found.differences] == [["64"], ["6"], ["1"]]


def test_the_nearest_comes_first() -> None:
    names = [found.name for found in identify(preset("cifar_wrn28_10_dropout_c100"))]
    assert names[0] == "cifar_wrn28_10_dropout_c100"
    assert set(names[1:]) == {"cifar_wrn28_10_dropout", "cifar_wrn28_10_c100", "cifar_wrn28_10"}


def test_another_way_of_saying_it_is_found() -> None:
    spec = ModelSpec(skip="scale", skip_scale=1.0, gate_bias=3.0, attention_reduction=7)
    assert identify(spec)[0].name == "resnet50"
    option_c = replace(preset("resnet34"), skip="conv1x1")
    assert identify(option_c)[0].name == "resnet34_c"


@pytest.mark.parametrize(
    "change",
    [{"stage_blocks": (3, 4, 5, 3)}, {"activation": "gelu"}, {"shortcut_bias": True}, {"base_width": 65}],
)
def test_an_unknown_network_is_none(change: dict[str, object]) -> None:
    assert identify(replace(preset("resnet50"), **change)) == ()  # type: ignore[arg-type]


def test_training_switches_keep_the_name() -> None:
    (found,) = identify(replace(preset("resnet18"), zero_init_residual=True, drop_path=0.2))
    assert (found.name, found.changed_fields) == ("resnet18", ("zero_init_residual", "drop_path"))
    assert numbers(str(found)) == ["0.2"]


def test_what_stochastic_depth_drops_at_once_is_a_difference_only_where_it_drops() -> None:
    paper = preset("cifar_stochastic110")
    assert identify(paper)[0].exact
    names = {found.name: found.changed_fields for found in identify(replace(paper, drop_path_mode="row"))}
    assert names["cifar_stochastic110"] == ("drop_path_mode",)
    names = {found.name: found.changed_fields for found in identify(preset("cifar_resnet110"))}
    assert names["cifar_stochastic110"] == ("drop_path",)


def test_a_wide_networks_depth_is_what_its_paper_counts() -> None:
    """Zagoruyko & Komodakis 2016, section 3: convolutions, those of the projections too, and no linear layer."""
    for name, depth in (("cifar_wrn28_10", 28), ("cifar_wrn40_2", 40), ("svhn_wrn16_8_dropout", 16)):
        spec = preset(name)
        convolutions = [node for _, node in assemble(spec).nodes() if type(node.op).__name__ == "Conv2d"]
        assert paper_depth(spec) == len(convolutions) == depth == spec.depth + 2
    assert paper_depth(preset("resnet50")) is None
