"""The layers that torch lacks, and what joins a branch, against formulas written down again."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine import layers
from explorer.engine.lowering import build_module
from explorer.model import ModelSpec, SpecError, assemble
from tests.strategies import outcome

NET: dict[str, Any] = {
    "block": "basic",
    "stage_blocks": (2, 1),
    "stage_widths": (32, 64),
    "stem": "cifar",
    "stem_width": 32,
    "image_size": 16,
    "num_classes": 3,
}


def random(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(2))


def output_of(network: nn.Module, path: str, x: Tensor) -> tuple[Tensor, Tensor]:
    """Input and output of the module at `path` while x runs through."""
    seen: list[tuple[Tensor, Tensor]] = []
    handle = network.get_submodule(path).register_forward_hook(lambda _, given, made: seen.append((given[0], made)))
    network.eval()(x)
    handle.remove()
    return seen[0]


def test_squeeze_and_excitation_weighs_the_branch_before_the_sum() -> None:
    network = build_module(ModelSpec(**NET, attention="se", attention_reduction=4))
    images = random(2, 3, 16, 16)
    _, normed = output_of(network, "layer1.1.bn2", images)
    _, weighed = output_of(network, "layer1.1.se.scale", images)
    se = network.get_submodule("layer1.1.se")
    hidden = F.relu(normed.mean((2, 3)) @ se.fc1.weight.flatten(1).T + se.fc1.bias)
    gate = torch.sigmoid(hidden @ se.fc2.weight.flatten(1).T + se.fc2.bias)
    torch.testing.assert_close(weighed, normed * gate[:, :, None, None])
    branch, _ = output_of(network, "layer1.1.add", images)
    torch.testing.assert_close(branch, weighed)


def test_efficient_channel_attention_convolves_along_the_channels() -> None:
    network = build_module(ModelSpec(**NET, attention="eca"))
    images = random(2, 3, 16, 16)
    _, normed = output_of(network, "layer1.1.bn2", images)
    _, weighed = output_of(network, "layer1.1.eca.scale", images)
    a, b, c = network.get_parameter("layer1.1.eca.conv.weight").flatten().tolist()
    means = F.pad(normed.mean((2, 3)), (1, 1))
    gate = torch.sigmoid(a * means[:, :-2] + b * means[:, 1:-1] + c * means[:, 2:])
    torch.testing.assert_close(weighed, normed * gate[:, :, None, None])


@pytest.mark.parametrize("side", [2, 7, 8])
def test_blur_is_a_binomial_filter_reflected_at_the_border(side: int) -> None:
    x = random(2, 3, side, side)
    reflect = [1, *range(side), side - 2]
    grown = x[:, :, reflect][:, :, :, reflect]
    down = grown[:, :, :-2] + 2 * grown[:, :, 1:-1] + grown[:, :, 2:]
    both = (down[..., :-2] + 2 * down[..., 1:-1] + down[..., 2:]) / 16
    torch.testing.assert_close(layers.BlurPool2d(3, 2)(x), both[:, :, ::2, ::2])


@pytest.mark.parametrize(("size", "row"), [(2, [1, 1]), (3, [1, 2, 1]), (5, [1, 4, 6, 4, 1])])
def test_filters_of_every_size_keep_the_mean_and_leave_a_constant_as_it_is(size: int, row: list[int]) -> None:
    """Zhang 2019, section 4.1: Rect-2, Tri-3, Bin-5; torch's own reflection stands beside ours."""
    x = random(2, 3, 9, 12)
    weight = torch.outer(torch.tensor(row), torch.tensor(row)) / sum(row) ** 2
    borders = ((size - 1) // 2, size // 2) * 2
    expected = F.conv2d(F.pad(x, borders, mode="reflect"), weight.repeat(3, 1, 1, 1), stride=2, groups=3)
    torch.testing.assert_close(layers.BlurPool2d(3, 2, size=size)(x), expected)
    assert layers.BlurPool2d(3, 2, size=size)(torch.ones(1, 3, 9, 9)).unique().tolist() == [1.0]


@pytest.mark.parametrize(("side", "before", "behind"), [(8, 0, 1), (9, 1, 1), (2, 0, 1), (1, 1, 1)])
def test_same_padding_is_tensorflows(side: int, before: int, behind: int) -> None:
    """A 3x3 window with stride 2: its documentation's rule (`tf.nn`, notes on padding) by hand for each side."""
    x = random(1, 2, side, side)
    padded = layers.SamePad2d(3, 2)(x)
    assert torch.equal(padded, F.pad(x, (before, behind, before, behind)))
    lowest = layers.SamePad2d(3, 2, lowest=True)(x)
    assert torch.equal(lowest.isinf(), F.pad(torch.zeros_like(x), (before, behind, before, behind), value=1.0).bool())


def test_a_network_pads_as_tensorflow_where_it_strides() -> None:
    network = build_module(ModelSpec(**NET, padding="same"))
    given, strided = output_of(network, "layer2.0.conv1", random(2, 3, 16, 16))
    assert (given.shape[-1], strided.shape[-1]) == (17, 8)
    assert given[..., 0, :].abs().sum() > 0
    assert given[..., -1, :].abs().sum() == given[..., -1].abs().sum() == 0


@pytest.mark.parametrize(
    ("head_pool", "pooled"),
    [
        ("avg", lambda x: x.mean((2, 3))),
        ("max", lambda x: x.amax((2, 3))),
        ("avgmax", lambda x: (x.mean((2, 3)) + x.amax((2, 3))) / 2),
        ("catmax", lambda x: torch.cat((x.amax((2, 3)), x.mean((2, 3))), 1)),
    ],
)
def test_without_classes_a_network_gives_its_pooled_features(
    head_pool: str, pooled: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    network = build_module(ModelSpec(**NET | {"num_classes": 0, "image_width": 24}, head_pool=head_pool))
    images = random(2, 3, 16, 24)
    _, last_map = output_of(network, "layer2", images)
    torch.testing.assert_close(network.eval()(images), pooled(last_map))
    assert "fc.weight" not in network.state_dict()


def test_blur_filters_are_no_weights() -> None:
    """The filter is fixed: neither trained nor saved, so that keys stay torchvision's."""
    network = build_module(ModelSpec(**NET, antialias="blur"))
    plain = build_module(ModelSpec(**NET))
    assert list(network.state_dict()) == list(plain.state_dict())
    assert sum(isinstance(module, layers.BlurPool2d) for module in network.modules()) == 1


def test_standardised_filters_have_mean_zero_and_deviation_one() -> None:
    conv = layers.StandardizedConv2d(4, 6, 3, padding=1, bias=False)
    nn.init.uniform_(conv.weight, 1.0, 3.0)
    filters = conv.weight.detach().flatten(1)
    centred = filters - filters.mean(1, keepdim=True)
    standard = centred / centred.square().mean(1, keepdim=True).sqrt()
    x = random(2, 4, 5, 5)
    columns = F.unfold(x, 3, padding=1)
    torch.testing.assert_close(conv(x), (standard @ columns).view(2, 6, 5, 5), rtol=1e-4, atol=1e-4)
    spec = ModelSpec(**NET, weight_standardization=True)
    kinds = {type(node.op).__name__ for _, node in assemble(spec).nodes() if hasattr(node.op, "kernel_size")}
    assert kinds == {"StandardizedConv2d"}


@pytest.mark.parametrize(("channels", "out", "before"), [(4, 8, 2), (4, 9, 2), (4, 4, 0)])
def test_padding_shortcut_puts_zeros_on_both_sides(channels: int, out: int, before: int) -> None:
    x = random(1, channels, 5, 5)
    y = layers.PadShortcut(out, 2)(x)
    assert y.shape == (1, out, 3, 3)
    torch.testing.assert_close(y[:, before : before + channels], x[:, :, ::2, ::2])
    assert y.abs().sum().item() == pytest.approx(x[:, :, ::2, ::2].abs().sum().item())


def test_gates_and_scales() -> None:
    x, gate = random(2, 3, 4, 4), torch.rand(2, 3, 1, 1)
    torch.testing.assert_close(layers.Multiply()(x, gate), x * gate.expand_as(x))
    torch.testing.assert_close(layers.Complement()(gate) + gate, torch.ones_like(gate))
    torch.testing.assert_close(layers.Scale(0.3)(x), x * 0.3)
    torch.testing.assert_close(layers.Add()(x, gate * x), x * (1 + gate))


@pytest.mark.parametrize("antialias", ["blur", "avg"])
def test_the_pool_strides_where_the_convolution_would(antialias: str) -> None:
    network = build_module(ModelSpec(**NET, antialias=antialias))
    before, after = output_of(network, "layer2.0.aa", random(2, 3, 16, 16))
    assert before.shape[-2:] == (16, 16)
    assert after.shape[-2:] == (8, 8)
    _, activated = output_of(network, "layer2.0.act1", random(2, 3, 16, 16))
    torch.testing.assert_close(before, activated)


@pytest.mark.parametrize("norm", ["batch", "group"])
@pytest.mark.parametrize("antialias", ["none", "blur", "avg"])
@pytest.mark.parametrize("image_size", [4, 5, 6, 7, 8, 9, 12, 17])
def test_the_smallest_accepted_image_runs(norm: str, antialias: str, image_size: int) -> None:
    """What the arithmetic accepts torch must run, down to maps of one pixel; what it refuses names the size."""
    fields = {**NET, "stem": "imagenet", "norm": norm, "antialias": antialias, "stage_widths": (32, 32)}
    result = outcome({**fields, "image_size": image_size})
    if isinstance(result, SpecError):
        assert result.field == "image_size"
        assert norm == "group" or antialias != "none"
    else:
        scores = build_module(result).eval()(random(1, 3, image_size, image_size))
        assert scores.isfinite().all()
