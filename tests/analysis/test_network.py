"""Rows, sums and receptive fields, against torch where torch can tell."""

import dataclasses
from math import comb
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models

from explorer.analysis.network import Analysis, analyse
from explorer.analysis.receptive_field import ReceptiveField
from explorer.engine.lowering import build_module
from explorer.model import AssemblyError, ModelSpec, assemble, preset
from explorer.model.ops import Conv2d, Cost
from tests.observe import observe
from tests.strategies import likely_fields, outcome
from tests.variants import name_of, small_variants

TORCHVISION = (
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "resnext101_64x4d",
    "wide_resnet50_2",
    "wide_resnet101_2",
)
FIELDS = {"resnet18": 435, "resnet34": 899, "resnet50": 427, "resnet101": 971, "resnet152": 1451}
"""Receptive fields with the stride on the 3x3, by Araujo et al. 2019 (Distill), whose stride placement is moved."""


def analysis_of(name: str) -> Analysis:
    return analyse(assemble(preset(name)))


@pytest.mark.parametrize("name", TORCHVISION)
def test_layer_shapes_and_counts_are_torchvisions(name: str):
    with torch.device("meta"):
        network = models.get_model(name, weights=None).eval()
        images = torch.empty(1, 3, 224, 224)
    shapes: dict[str, tuple[int, ...]] = {}
    for path, module in network.named_modules():
        if isinstance(module, nn.Conv2d | nn.BatchNorm2d | nn.Linear | nn.MaxPool2d):
            module.register_forward_hook(
                lambda module, given, output, path=path: shapes.update({path: tuple(output.shape[1:])})
            )
    with FlopCounterMode(display=False) as counter:
        network(images)
    analysis = analysis_of(name)
    rows = {row.path: row for row in analysis.layers}

    assert shapes
    assert {path: rows[path].output_shape for path in shapes} == shapes
    assert {path: rows[path].params for path in shapes} == {
        path: sum(p.numel() for p in network.get_submodule(path).parameters()) for path in shapes
    }
    assert analysis.total.params == sum(p.numel() for p in network.parameters())
    assert analysis.total.buffers == sum(b.numel() for n, b in network.named_buffers() if "running" in n)
    assert analysis.total.flops == counter.get_total_flops()
    by_stage = {stage: sum(flops.values()) for stage, flops in counter.get_flop_counts().items()}
    kind = type(network).__name__
    assert {row.path: row.flops for row in analysis.stages if row.blocks} == {
        row.path: by_stage[f"{kind}.{row.path}"] for row in analysis.stages if row.blocks
    }


@pytest.mark.parametrize("spec", small_variants(), ids=name_of)
def test_every_row_is_what_torch_makes(spec: ModelSpec):
    graph = assemble(spec)
    with torch.device("meta"):
        network = build_module(spec)
    seen = observe(network, graph.input_shape)
    analysis = analyse(graph)

    assert {row.path: row.output_shape for row in analysis.layers} == seen.shapes
    assert {row.path: row.op for row in analysis.layers} == {
        path: type(network.get_submodule(path)).__name__ for path in seen.shapes
    }
    assert analysis.total.macs == seen.macs
    assert {line: work for line, work in analysis.total.elementwise_counts.items() if work} == {
        line: work for line, work in seen.elementwise.items() if work
    }


@pytest.mark.parametrize("spec", small_variants()[:12], ids=name_of)
def test_layers_blocks_and_stages_sum_to_the_total(spec: ModelSpec):
    analysis = analyse(assemble(spec))
    for quantity in Cost._fields:
        total = getattr(analysis.total, quantity)
        for rows in (analysis.layers, analysis.blocks, analysis.stages):
            assert sum(getattr(row, quantity) for row in rows) == total, quantity
    for stage in analysis.stages:
        inside = [row for row in analysis.layers if row.stage == stage.path]
        assert sum(row.macs for row in inside) == stage.macs
        assert inside[-1].output_shape == stage.output_shape
        assert sum(stage.elementwise_by_category) == stage.elementwise
    assert sum(analysis.share(row, "params") for row in analysis.stages) == pytest.approx(1)


def test_inputs_chain_from_stage_to_stage():
    stages = analysis_of("resnet50").stages
    assert [row.path for row in stages] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    assert [row.input_shape for row in stages[1:]] == [row.output_shape for row in stages[:-1]]
    assert [row.blocks for row in stages] == [0, 3, 4, 6, 3, 0]
    assert [row.shortcut for row in stages] == ["none", *["projection, identity"] * 4, "none"]


def test_kernel_stride_and_groups():
    rows = {row.path: row for row in analysis_of("resnext50_32x4d").layers}
    conv = rows["layer2.0.conv2"]
    assert (conv.op, conv.kernel, conv.stride, conv.groups) == ("Conv2d", 3, 2, 32)
    assert (rows["maxpool"].kernel, rows["maxpool"].stride, rows["maxpool"].groups) == (3, 2, None)
    assert (rows["fc"].kernel, rows["fc"].stride, rows["fc"].groups) == (None, None, None)


def test_output_bytes_are_four_for_each_value():
    rows = {row.path: row for row in analysis_of("resnet50").layers}
    assert rows["layer4.2.act3"].output_bytes == 4 * 2048 * 7 * 7
    assert rows["fc"].output_bytes == 4000


def test_a_network_that_ends_early_is_analysed_up_to_there():
    with pytest.raises(AssemblyError) as caught:
        ModelSpec(stage_blocks=(2, 2), stage_widths=(64, 60), cardinality=1, shortcut="pad", block="basic")
    partial = caught.value.partial
    analysis = analyse(partial)
    assert [row.path for row in analysis.stages] == ["stem", "layer1"]
    assert analysis.total.params == sum(row.params for row in analysis.layers) > 0
    empty = analyse(dataclasses.replace(partial, stages=()))
    assert (empty.layers, empty.total.params, empty.receptive_field.longest) == ((), 0, 1)


# Receptive fields -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIELDS)
def test_published_receptive_fields(name: str):
    assert analysis_of(name).receptive_field.longest == FIELDS[name]


def test_the_receptive_field_of_vgg16_is_the_published_one():
    """Araujo et al. 2019, table of architectures: 212 pixels, effective stride 32, effective padding 90."""
    fields = analysis_of("vgg16").receptive
    assert fields["halvepool"] == fields["avgpool"] == ReceptiveField(212, 212, 32, 90)
    assert fields["flatten"].longest == fields["fc1"].longest == 212 + 6 * 32
    assert fields["fc"].step == 0


def test_an_average_pool_to_seven_widens_the_field_by_its_windows():
    """At 448 px each of its windows has 2x2 places, which stand 32 pixels apart."""
    fields = analyse(assemble(dataclasses.replace(preset("vgg16"), image_size=448))).receptive
    assert fields["avgpool"] == ReceptiveField(212 + 32, 212 + 32, 64, 90)


REACH: dict[str, dict[str, Any]] = {
    "pad": {"shortcut": "pad"},
    "projection": {},
    "avg_projection": {"shortcut": "avg_projection"},
    "plain": {"shortcut": "none"},
    "bottleneck": {"block": "bottleneck"},
    "imagenet stem": {"stem": "imagenet", "image_size": 192},
    "deep stem": {"stem": "deep", "image_size": 192},
    "preact": {"activation_order": "preact"},
    "dilated": {"dilations": (1, 2)},
    "blur": {"antialias": "blur"},
    "stride last": {"activation_order": "preact", "stride_block": "last"},
}


@pytest.mark.parametrize("changes", REACH.values(), ids=REACH)
def test_receptive_field_is_as_far_as_gradients_reach(changes: dict[str, Any]):
    """With all weights positive every way counts; with the branches' zeroed, only the shortest is left."""
    small = {"block": "basic", "stage_blocks": (2, 2), "stage_widths": (2, 4), "stem": "cifar", "stem_width": 2}
    spec = ModelSpec(**({**small, "image_size": 96, "num_classes": 2} | changes))
    graph = assemble(spec)
    field = analyse(graph).receptive_field

    network = build_module(spec).double().eval()
    for parameter in network.parameters():
        nn.init.constant_(parameter, 0.5)
    assert _reach(network, spec) == field.longest
    if spec.shortcut != "none":
        for path, node in graph.nodes():
            if node.role == "branch" and isinstance(node.op, Conv2d):
                nn.init.zeros_(network.get_parameter(f"{path}.weight"))
        assert _reach(network, spec) == field.shortest
    else:
        assert field.shortest == field.longest


def _reach(network: nn.Module, spec: ModelSpec) -> int:
    """How many rows lie between the first and the last that are seen."""
    first, last = _rows_seen(network, spec)
    return last - first + 1


COLUMNS = 32
"""Of the images that show which rows are seen: fewer than rows, for speed."""


def _rows_seen(network: nn.Module, spec: ModelSpec) -> tuple[int, int]:
    """The first and the last row of the image on which a value in the middle of the last map depends.

    Each row is raised in turn; the last image has none raised.
    """
    maps: list[torch.Tensor] = []
    handle = network.get_submodule("avgpool").register_forward_pre_hook(lambda module, given: maps.append(given[0]))
    rows = spec.image_size
    images = torch.ones(rows + 1, spec.in_channels, rows, COLUMNS, dtype=torch.float64)
    images[torch.arange(rows), :, torch.arange(rows)] = 100.0
    with torch.no_grad():
        network(images)
    handle.remove()
    middle = maps[0][:, :, maps[0].shape[2] // 2].sum(dim=(1, 2))
    felt = (middle[:-1] != middle[-1]).nonzero().flatten()
    return int(felt[0]), int(felt[-1])


def test_a_gate_is_the_same_at_every_place():
    """The last block's gate sees the whole 7x7 map, six steps of 32 pixels more than one value of it."""
    assert analysis_of("seresnet50").receptive_field.longest == analysis_of("resnet50").receptive_field.longest + 6 * 32


@settings(max_examples=10, deadline=None, derandomize=True)
@given(likely_fields())
def test_fields_of_random_networks_are_as_far_as_gradients_reach(fields: dict[str, Any]):
    """Where the image does not cut the field, effective stride, padding and size say which rows a value sees.

    Through a gate it sees all rows. Weights that average keep every way open and no gate saturated.
    """
    rows = 96
    positive = {"norm": "none", "activation": "relu", "skip_scale": 0.5, "residual_scale": 1.0}
    positive |= {"image_width": None, "head_pool": "avg"}
    small = {"stage_widths": [8 * (1 + at) for at in range(len(fields["stage_blocks"]))], "stem_width": 4}
    chosen = fields | positive | small | {"weight_standardization": False}
    spec, as_wide = outcome(chosen | {"image_size": rows}), outcome(chosen | {"image_size": COLUMNS})
    assume(isinstance(spec, ModelSpec) and isinstance(as_wide, ModelSpec))
    assert isinstance(spec, ModelSpec)
    network = build_module(spec).double().eval()
    for parameter in network.parameters():
        nn.init.constant_(parameter, 1 / parameter[0].numel())
    first, last = _rows_seen(network, spec)
    analysis = analyse(assemble(spec))
    field = analysis.receptive_field
    side = analysis.stages[-2].output_shape[1]
    begin = side // 2 * field.step - field.padding
    if spec.attention != "none":
        # A strided 1x1 convolution skips rows, so the outermost ones may be among those.
        assert first <= field.step
        assert last >= rows - 1 - field.step
        assert field.longest >= rows
        return
    assert first == begin or begin < 0
    assert last == begin + field.longest - 1 or begin + field.longest > rows


def test_a_global_pool_sees_the_whole_map():
    spec = dataclasses.replace(preset("cifar_resnet20"), attention="se")
    field = analyse(assemble(spec)).receptive["layer1.0.add"]
    plain = analysis_of("cifar_resnet20").receptive["layer1.0.add"]
    # The pool adds 31 steps to the branch, the 3x3 convolutions 2 each, and the shortest way stays the shortcut's.
    assert field.longest == plain.longest + 31
    assert field.shortest == plain.shortest == 3
    assert field.step == 1


# Ways through the network ---------------------------------------------------------------------------------------------


def test_path_lengths_are_binomial():
    lengths = analysis_of("cifar_resnet110").path_lengths
    assert lengths == tuple(comb(54, k) for k in range(55))
    assert sum(lengths) == 2**54


def test_a_plain_network_has_one_way():
    assert analysis_of("cifar_plain20").path_lengths == (0,) * 9 + (1,)
