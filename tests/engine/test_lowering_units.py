"""What one residual unit computes, against formulas written down again from the papers on the unit's own weights."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.lowering import build_module
from explorer.model import ModelSpec

Weights = dict[str, Tensor]
BASIC: dict[str, Any] = {
    "block": "basic",
    "stage_blocks": (2, 2),
    "stage_widths": (8, 16),
    "stem": "cifar",
    "stem_width": 8,
    "image_size": 15,
    "num_classes": 3,
}


def unit_of(path: str, **fields: Any) -> tuple[nn.Module, Weights]:
    """One unit in evaluation mode, its norms with statistics of their own, and all its tensors."""
    torch.manual_seed(5)
    network = build_module(ModelSpec(**{**BASIC, **fields})).eval()
    for name, value in network.state_dict().items():
        if "running" in name or (value.dim() == 1 and "weight" in name):
            value.uniform_(0.5, 1.5)
        elif value.dim() == 1:
            value.uniform_(-0.5, 0.5)
    unit = network.get_submodule(path)
    return unit, dict(unit.state_dict())


def images(channels: int = 8, side: int = 15) -> Tensor:
    return torch.randn(3, channels, side, side, generator=torch.Generator().manual_seed(1))


def conv(w: Weights, name: str, x: Tensor, stride: int = 1, padding: int = 1) -> Tensor:
    return F.conv2d(x, w[f"{name}.weight"], w.get(f"{name}.bias"), stride, padding)


def bn(w: Weights, name: str, x: Tensor) -> Tensor:
    mean, var, scale, shift = (w[f"{name}.{k}"] for k in ("running_mean", "running_var", "weight", "bias"))
    column = (1, -1, 1, 1)
    return (x - mean.view(column)) / (var.view(column) + 1e-5).sqrt() * scale.view(column) + shift.view(column)


def branch(w: Weights, x: Tensor, stride: int = 1) -> Tensor:
    """F of the original unit: conv, BN, ReLU, conv, BN."""
    return bn(w, "bn2", conv(w, "conv2", F.relu(bn(w, "bn1", conv(w, "conv1", x, stride)))))


def gate(w: Weights, x: Tensor) -> Tensor:
    return torch.sigmoid(conv(w, "gate.0", x, padding=0))


SKIPS: dict[str, Callable[[Weights, Tensor], Tensor]] = {
    "identity": lambda w, x: branch(w, x) + x,
    "scale": lambda w, x: 0.25 * branch(w, x) + 0.5 * x,
    "exclusive_gate": lambda w, x: gate(w, x) * branch(w, x) + (1 - gate(w, x)) * x,
    "shortcut_gate": lambda w, x: branch(w, x) + (1 - gate(w, x)) * x,
    "conv1x1": lambda w, x: branch(w, x) + bn(w, "downsample.1", conv(w, "downsample.0", x, padding=0)),
    "dropout": lambda w, x: branch(w, x) + x,
}
"""He et al. 2016, Fig. 2 and Eqn. for each, before the final ReLU."""


@pytest.mark.parametrize("skip", SKIPS)
def test_what_the_shortcut_does_to_x(skip: str) -> None:
    factor = 0.25 if skip == "scale" else 1.0
    unit, w = unit_of("layer1.1", shortcut="pad", skip=skip, skip_scale=0.5, residual_scale=factor)
    x = images()
    torch.testing.assert_close(unit(x), F.relu(SKIPS[skip](w, x)))


def test_gate_bias_is_where_the_gate_starts() -> None:
    network = build_module(ModelSpec(**BASIC, skip="exclusive_gate", gate_bias=-3.5))
    gates = [p for name, p in network.named_parameters() if name.endswith("gate.0.bias")]
    assert len(gates) == 4
    assert all((p == -3.5).all() for p in gates)


def test_dropout_on_the_shortcut_drops_single_values_in_training() -> None:
    unit, w = unit_of("layer1.1", skip="dropout", skip_dropout=0.25, activation_order="preact", norm="none")
    x = images()
    unit.train()
    ratio = (unit(x) - conv(w, "conv2", F.relu(conv(w, "conv1", F.relu(x))))) / x
    dropped = ratio.abs() < 1e-2
    assert dropped.double().mean().item() == pytest.approx(0.25, abs=0.03)
    torch.testing.assert_close(ratio[~dropped].median().item(), 1 / 0.75, rtol=1e-3, atol=0)


def pre(w: Weights, x: Tensor, stride: int = 1) -> Tensor:
    return conv(w, "conv2", F.relu(bn(w, "bn2", conv(w, "conv1", F.relu(bn(w, "bn1", x)), stride))))


ORDERS: dict[str, Callable[[Weights, Tensor], Tensor]] = {
    "post": lambda w, x: F.relu(branch(w, x) + x),
    "bn_after_add": lambda w, x: F.relu(bn(w, "bn2", conv(w, "conv2", F.relu(bn(w, "bn1", conv(w, "conv1", x)))) + x)),
    "relu_before_add": lambda w, x: F.relu(branch(w, x)) + x,
    "relu_only_preact": lambda w, x: branch(w, F.relu(x)) + x,
    "preact": lambda w, x: pre(w, x) + x,
}
"""He et al. 2016, Fig. 4 (a) to (e)."""


@pytest.mark.parametrize("order", ORDERS)
def test_activation_orders(order: str) -> None:
    unit, w = unit_of("layer1.1", activation_order=order)
    torch.testing.assert_close(unit(images()), ORDERS[order](w, images()))


def test_first_preactivation_is_shared_by_both_ways() -> None:
    """He et al. 2016, appendix: the first unit's activation stands before the split."""
    unit, w = unit_of("layer1.0", activation_order="preact", shortcut="pad")
    opened = F.relu(bn(w, "bn1", images()))
    torch.testing.assert_close(unit(images()), pre(w, images()) + opened)
    unit, w = unit_of("layer1.0", activation_order="preact", shortcut="pad", first_preact=False)
    plain = conv(w, "conv2", F.relu(bn(w, "bn2", conv(w, "conv1", images()))))
    torch.testing.assert_close(unit(images()), plain + images())


def padded(x: Tensor) -> Tensor:
    """Option A, pixel by pixel: 8 channels to 16, four zero channels on each side."""
    side = (x.shape[2] + 1) // 2
    y = torch.zeros(x.shape[0], 16, side, side)
    for row in range(side):
        for column in range(side):
            y[:, 4:12, row, column] = x[:, :, 2 * row, 2 * column]
    return y


def averaged(x: Tensor) -> Tensor:
    """Means of 2x2 windows; at an odd border of what is there."""
    side = (x.shape[2] + 1) // 2
    windows = [[x[:, :, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2].mean((2, 3)) for c in range(side)] for r in range(side)]
    return torch.stack([torch.stack(row, -1) for row in windows], -2)


SHORTCUTS: dict[str, Callable[[Weights, Tensor], Tensor]] = {
    "pad": lambda w, x: padded(x),
    "projection": lambda w, x: bn(w, "downsample.1", conv(w, "downsample.0", x, 2, 0)),
    "projection_all": lambda w, x: bn(w, "downsample.1", conv(w, "downsample.0", x, 2, 0)),
    "avg_projection": lambda w, x: bn(w, "downsample.2", conv(w, "downsample.1", averaged(x), 1, 0)),
}


@pytest.mark.parametrize("shortcut", SHORTCUTS)
@pytest.mark.parametrize("side", [15, 16])
def test_shortcuts_where_the_shape_changes(shortcut: str, side: int) -> None:
    unit, w = unit_of("layer2.0", shortcut=shortcut, image_size=side)
    x = images(side=side)
    torch.testing.assert_close(unit(x), F.relu(branch(w, x, stride=2) + SHORTCUTS[shortcut](w, x)))


def test_a_plain_network_has_no_sum() -> None:
    unit, w = unit_of("layer2.0", shortcut="none")
    torch.testing.assert_close(unit(images()), F.relu(branch(w, images(), stride=2)))


def test_the_third_notes_block_projects_everywhere_with_bias_and_no_norm() -> None:
    fields = {"shortcut": "projection_all", "shortcut_norm": False, "shortcut_bias": True}
    unit, w = unit_of("layer1.1", **fields)
    assert w["downsample.0.bias"].any()
    expected = F.relu(branch(w, images()) + conv(w, "downsample.0", images(), padding=0))
    torch.testing.assert_close(unit(images()), expected)


def test_preactivation_projects_what_is_activated_and_without_norm() -> None:
    unit, w = unit_of("layer2.0", activation_order="preact")
    assert not any(name.startswith("downsample.1") for name in w)
    shortcut = conv(w, "downsample.0", F.relu(bn(w, "bn1", images())), 2, 0)
    torch.testing.assert_close(unit(images()), pre(w, images(), stride=2) + shortcut)


@pytest.mark.parametrize("skip", ["identity", "conv1x1"])
def test_keras_v2_strides_in_the_last_unit_and_subsamples_x(skip: str) -> None:
    unit, w = unit_of("layer1.1", activation_order="preact", stride_block="last", skip=skip)
    x = images()
    shortcut = x[:, :, ::2, ::2] if skip == "identity" else conv(w, "downsample.0", F.relu(bn(w, "bn1", x)), 2, 0)
    torch.testing.assert_close(unit(x), pre(w, x, stride=2) + shortcut)


ALL_ORDERS_AND_NORMS = [(order, norm) for order in ORDERS for norm in ("batch", "group", "none")]


@pytest.mark.parametrize(("order", "norm"), ALL_ORDERS_AND_NORMS)
def test_zero_initialised_units_start_as_identities(order: str, norm: str) -> None:
    network = build_module(ModelSpec(**BASIC, activation_order=order, norm=norm, zero_init_residual=True)).eval()
    unit = network.get_submodule("layer1.1")
    x = images().abs()
    normalised = unit.bn2(x) if order == "bn_after_add" and norm != "none" else x
    torch.testing.assert_close(unit(x), normalised if order != "bn_after_add" else F.relu(normalised))


def test_stochastic_depth_drops_whole_branches() -> None:
    unit, w = unit_of("layer2.1", drop_path=0.5, activation_order="preact", norm="none")
    x = images(16, 8).repeat(40, 1, 1, 1)
    kept_branch = conv(w, "conv2", F.relu(conv(w, "conv1", F.relu(x))))
    torch.testing.assert_close(unit(x), x + kept_branch)
    unit.train()
    y = unit(x)
    dropped = (y - x).flatten(1).abs().amax(1) == 0
    assert 0.3 < dropped.double().mean().item() < 0.7
    torch.testing.assert_close(y[~dropped], (x + 2 * kept_branch)[~dropped])


def test_stochastic_depth_of_the_paper_drops_a_branch_for_the_whole_batch() -> None:
    """Huang et al. 2016, section 3: one chance for each block and mini-batch."""
    unit, w = unit_of("layer2.1", drop_path=0.5, drop_path_mode="batch", activation_order="preact", norm="none")
    x = images(16, 8)
    kept = x + 2 * conv(w, "conv2", F.relu(conv(w, "conv1", F.relu(x))))
    unit.train()
    outputs = [unit(x) for _ in range(40)]
    dropped = [torch.equal(y, x) for y in outputs]
    assert 0.2 < sum(dropped) / len(dropped) < 0.8
    for y, is_dropped in zip(outputs, dropped, strict=True):
        torch.testing.assert_close(y, x if is_dropped else kept)
