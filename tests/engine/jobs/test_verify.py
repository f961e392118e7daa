"""The check against torch: passes where graph and torch agree, and names the first layer where they do not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torchvision
from torch import Tensor, nn

from explorer.engine import lowering
from explorer.engine.jobs import verify
from explorer.engine.jobs.published_weights import published_weights
from explorer.model import ModelSpec, assemble, ops, preset
from explorer.model.identity.torchvision import torchvision_arguments
from explorer.model.ops import Cost, Shape
from tests.variants import name_of, small_variants

SMALL = ModelSpec(block="basic", stage_blocks=(1, 1, 1, 1), stage_widths=(64, 128, 256, 512), image_size=32)


@pytest.fixture
def fresh_graphs() -> Iterator[None]:
    """Graphs that were assembled with a broken op must not stay in the cache."""
    assemble.cache_clear()
    yield
    assemble.cache_clear()


@pytest.mark.parametrize("spec", small_variants(), ids=name_of)
def test_every_variant_passes(spec: ModelSpec) -> None:
    outcome = verify.verify(spec)
    assert outcome.ok, outcome
    assert (outcome.params, outcome.macs) == (assemble(spec).cost.params, assemble(spec).cost.macs)
    assert outcome.layers == sum(1 for _ in assemble(spec).nodes())


@pytest.mark.usefixtures("fresh_graphs")
def test_a_wrong_count_is_reported_at_the_first_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ops.Conv2d.cost

    def wrong(self: ops.Conv2d, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        cost = right(self, inputs, output)
        return cost._replace(macs=cost.macs + 1) if self.kernel_size == 1 else cost

    monkeypatch.setattr(ops.Conv2d, "cost", wrong)
    outcome = verify.verify(replace(SMALL, image_size=40))
    assert not outcome.ok
    assert outcome.difference is not None
    assert (outcome.difference.path, outcome.difference.what) == ("layer2.0.downsample.0", "multiply-adds")
    assert "layer2.0.downsample.0" in str(outcome.checks[0].detail)


@pytest.mark.usefixtures("fresh_graphs")
def test_a_wrong_shape_is_reported_at_the_first_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ops.MaxPool2d.output_shape
    monkeypatch.setattr(
        ops.MaxPool2d, "output_shape", lambda self, *inputs: (right(self, *inputs)[0], *(2 * [9])), raising=True
    )
    outcome = verify.verify(replace(SMALL, image_size=41))
    assert outcome.difference is not None
    assert (outcome.difference.path, outcome.difference.what) == ("maxpool", "output shape")


def test_a_wrong_module_is_reported_at_the_first_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    right = lowering.realise

    def wrong(op: ops.Op) -> nn.Module:
        return nn.BatchNorm2d(op.num_features, affine=False) if isinstance(op, ops.BatchNorm2d) else right(op)

    monkeypatch.setattr(lowering, "realise", wrong)
    outcome = verify.verify(SMALL)
    assert outcome.difference is not None
    assert (outcome.difference.path, outcome.difference.what) == ("bn1", "keys")


@pytest.mark.parametrize(
    "fields",
    [
        {"preset": "resnet18", "zero_init_residual": True, "num_classes": 7},
        {"preset": "resnet50", "dilations": [1, 1, 2, 4], "stage_blocks": [1, 1, 1, 2]},
        {"cardinality": 32, "base_width": 4, "stage_blocks": [1, 2, 1, 1], "image_size": 64},
    ],
)
def test_torchvisions_networks_are_compared_with_torchvision(fields: dict[str, object]) -> None:
    outcome = verify.verify(ModelSpec.from_dict(fields))
    assert outcome.checks[-1].name == f"torchvision {torchvision.__version__}"
    assert outcome.ok
    assert "outputs on the same weights are equal" in str(outcome.checks[-1].detail)


def test_an_output_that_differs_from_torchvisions_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that looks from the other side: keys, shapes and counts stay, the function does not."""
    right = lowering.realise

    class Mirrored(nn.MaxPool2d):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x.flip(-1)).flip(-1)

    def wrong(op: ops.Op) -> nn.Module:
        return Mirrored(op.kernel_size, op.stride, op.padding) if isinstance(op, ops.MaxPool2d) else right(op)

    monkeypatch.setattr(lowering, "realise", wrong)
    outcome = verify.verify(replace(SMALL, image_size=64))
    assert not outcome.ok
    assert "outputs on the same weights" in str(outcome.checks[-1].detail)


@pytest.mark.parametrize(
    "change",
    [
        {"shortcut": "pad"},
        {"in_channels": 1},
        {"stage_widths": (32, 64, 128, 256)},
        {"stage_blocks": (2, 2, 2), "stage_widths": (64, 128, 256)},
        {"block": "basic", "cardinality": 2},
        {"dilations": (2, 2, 2, 2)},
        {"dilations": (1, 1, 1, 3)},
        {"norm": "group"},
    ],
)
def test_what_torchvision_cannot_build_has_no_arguments(change: dict[str, object]) -> None:
    assert torchvision_arguments(replace(ModelSpec(), **change)) is None  # type: ignore[arg-type]


def test_arguments_read_as_a_call() -> None:
    assert (
        str(torchvision_arguments(preset("resnext50_32x4d")))
        == "ResNet(Bottleneck, [3, 4, 6, 3], groups=32, width_per_group=4)"
    )


def test_published_weights_agree_with_the_graph() -> None:
    """Parameters exactly, multiply-adds to the three decimals that torchvision keeps."""
    entries = published_weights()
    assert {entry.preset for entry in entries} >= {"resnet18", "resnet152", "resnext101_64x4d", "wide_resnet101_2"}
    for entry in entries:
        cost = assemble(preset(entry.preset)).cost
        assert entry.params == cost.params
        assert entry.gmacs == pytest.approx(cost.macs / 1e9, abs=0.0006)
        assert 60 < entry.top1 < entry.top5 < 100
