"""Files of weights that cannot be told apart, held to what torch loads."""

from dataclasses import replace

import pytest
import torch

from explorer.analysis.same_tensors import undecided_choices
from explorer.engine import build_module
from explorer.model import CONTROLS, SpecError, preset
from explorer.model.field_types import Choice

SMALL = replace(preset("cifar_resnet20"), stage_blocks=(1, 1, 1))


def test_option_a_and_the_plain_network_have_the_same_tensors() -> None:
    found = undecided_choices(preset("cifar_resnet20"))
    assert found["shortcut"] == ("none", "pad_behind", "pad_average")
    assert {"leaky_relu", "silu", "gelu"} <= set(found["activation"])
    assert undecided_choices(preset("cifar_plain20"))["shortcut"] == ("pad", "pad_behind", "pad_average")


def test_where_the_stride_stands_is_in_no_tensor() -> None:
    assert undecided_choices(preset("resnet50_v1"))["stride_on"] == ("3x3",)
    assert "shortcut" not in undecided_choices(preset("resnet50"))


@pytest.mark.parametrize("spec", [SMALL, replace(SMALL, shortcut="projection")], ids=["A", "B"])
def test_exactly_the_undecided_choices_load_the_same_file(spec) -> None:
    """Strictly, by torch; where the choice is not undecided, torch refuses the file or the outputs are the same."""
    torch.manual_seed(0)
    network, images = build_module(spec).eval(), torch.randn(2, 3, 32, 32)
    undecided = undecided_choices(spec)
    for name, declared in CONTROLS.items():
        for value in declared.kind.table if isinstance(declared.kind, Choice) else ():
            try:
                other = build_module(replace(spec, **{name: value})).eval()
            except SpecError:
                continue
            try:
                other.load_state_dict(network.state_dict())
            except RuntimeError:
                assert value not in undecided.get(name, ())
                continue
            with torch.no_grad():
                same = torch.equal(network(images), other(images))
            assert same or value in undecided.get(name, ()), (name, value)
