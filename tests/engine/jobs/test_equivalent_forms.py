"""ResNeXt's three forms: one function on the same weights, and as many parameters as the paper's Eqn. 4 says."""

import pytest
import torch

from explorer.engine.jobs import equivalent_forms as forms
from explorer.engine.lowering import lower
from explorer.model import ModelSpec, assemble, preset
from explorer.outputs.drawing.resnext_forms import FORMS, BlockSizes, sizes_of

SIZES = [(1, 64, 256), (2, 40, 256), (4, 24, 256), (8, 14, 256), (32, 4, 256), (3, 5, 12)]
"""Table 2 of the paper, and a size of no round numbers."""


@pytest.mark.parametrize(("cardinality", "width", "channels"), SIZES)
def test_the_forms_are_one_function(cardinality: int, width: int, channels: int) -> None:
    results = forms.equivalent_forms(cardinality, width, channels)
    assert [result.form for result in results] == list(FORMS)
    for result in results:
        assert result.parameters == BlockSizes(cardinality, width, channels).parameters
        assert result.largest_difference < 1e-12


@pytest.mark.parametrize(
    ("sizes", "count"), [((1, 64), 69_632), ((2, 40), 69_760), ((8, 14), 71_456), ((32, 4), 70_144)]
)
def test_parameters_of_table_2(sizes: tuple[int, int], count: int) -> None:
    assert BlockSizes(*sizes, 256).parameters == count


def test_the_grouped_form_is_the_block_that_is_trained() -> None:
    """Its weights, loaded into the lowered network's second block, give the same output."""
    spec = ModelSpec(stage_blocks=(2,), stage_widths=(64,), cardinality=32, base_width=4, image_size=32)
    network = lower(assemble(spec)).double().eval()
    block = network.get_submodule("layer1.1")
    grouped = forms.GroupedConvolution(32, 4, 256).double().eval()
    for number in (1, 2, 3):
        block.get_submodule(f"conv{number}").load_state_dict(grouped.convolutions[number - 1].state_dict())
        block.get_submodule(f"bn{number}").load_state_dict(grouped.norms[number - 1].state_dict())
    images = torch.randn(2, 256, 8, 8, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(block(images), grouped(images))


def test_a_wrong_slice_would_show() -> None:
    grouped = forms.GroupedConvolution(4, 3, 8).double().eval()
    early = forms.EarlyConcatenation(grouped).eval()
    early.paths = early.paths[::-1]
    images = torch.randn(1, 8, 8, 8, dtype=torch.float64)
    with torch.no_grad():
        assert (early(images) - grouped(images)).abs().max() > 1e-3


def test_the_global_generator_is_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    forms.equivalent_forms(2, 2, 4)
    assert torch.equal(torch.rand(1), expected)


def test_sizes_of_a_spec() -> None:
    assert sizes_of(preset("resnext50_32x4d")) == BlockSizes(32, 4, 256)
    assert sizes_of(preset("cifar_resnext29_8x64d")) == BlockSizes(8, 64, 256)
    assert sizes_of(preset("resnet50")) is None
    assert sizes_of(preset("resnet18")) is None


@pytest.mark.parametrize("sizes", [(0, 1, 1), (1, 1, 0), (64, 65, 1)])
def test_bad_sizes_are_a_sentence(sizes: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=f"{forms.MOST_CHANNELS:,}"):
        forms.equivalent_forms(*sizes)
