"""Networks of public code that no library has, written again from that code: the same outputs on the same weights."""

import re

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.lowering import build_module
from explorer.model import preset


class PreActBlock(nn.Module):
    """A unit of kuangliu/pytorch-cifar, `models/preact_resnet.py`: an identity shortcut takes x as it is."""

    def __init__(self, entering: int, leaving: int, stride: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(entering)
        self.conv1 = nn.Conv2d(entering, leaving, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(leaving)
        self.conv2 = nn.Conv2d(leaving, leaving, 3, 1, 1, bias=False)
        if stride != 1 or entering != leaving:
            self.shortcut = nn.Sequential(nn.Conv2d(entering, leaving, 1, stride, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        opened = F.relu(self.bn1(x))
        h = self.shortcut(opened) if hasattr(self, "shortcut") else x
        return self.conv2(F.relu(self.bn2(self.conv1(opened)))) + h


class PreActResNet18(nn.Module):
    """Neither norm nor activation after the last unit."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        widths = (64, 64, 128, 256, 512)
        for stage in range(1, 5):
            first = PreActBlock(widths[stage - 1], widths[stage], 1 if stage == 1 else 2)
            self.add_module(f"layer{stage}", nn.Sequential(first, PreActBlock(widths[stage], widths[stage], 1)))
        self.linear = nn.Linear(512, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        for stage in range(1, 5):
            x = self.get_submodule(f"layer{stage}")(x)
        return self.linear(F.avg_pool2d(x, 4).flatten(1))


class IBasicBlock(nn.Module):
    """A unit of InsightFace's `iresnet.py`: the shortcut takes x as it is, the second convolution strides."""

    def __init__(self, entering: int, leaving: int, stride: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(entering)
        self.conv1 = nn.Conv2d(entering, leaving, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(leaving)
        self.prelu = nn.PReLU(leaving)
        self.conv2 = nn.Conv2d(leaving, leaving, 3, stride, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(leaving)
        if stride != 1:
            self.downsample = nn.Sequential(
                nn.Conv2d(entering, leaving, 1, stride, bias=False), nn.BatchNorm2d(leaving)
            )

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn3(self.conv2(self.prelu(self.bn2(self.conv1(self.bn1(x))))))
        return out + (self.downsample(x) if hasattr(self, "downsample") else x)


class IResNet(nn.Module):
    def __init__(self, blocks: tuple[int, ...]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        self.bn1, self.prelu = nn.BatchNorm2d(64), nn.PReLU(64)
        channels = 64
        for stage, (count, width) in enumerate(zip(blocks, (64, 128, 256, 512), strict=True), 1):
            units = [IBasicBlock(channels, width, 2), *(IBasicBlock(width, width, 1) for _ in range(count - 1))]
            self.add_module(f"layer{stage}", nn.Sequential(*units))
            channels = width
        self.bn2 = nn.BatchNorm2d(512)
        self.fc = nn.Linear(512 * 7 * 7, 512)
        self.features = nn.BatchNorm1d(512)

    def forward(self, x: Tensor) -> Tensor:
        x = self.prelu(self.bn1(self.conv1(x)))
        for stage in range(1, 5):
            x = self.get_submodule(f"layer{stage}")(x)
        return self.features(self.fc(self.bn2(x).flatten(1)))


def convolution(entering: int, leaving: int, kernel: int, stride: int = 1, slope: float = 0.0) -> nn.Sequential:
    conv = nn.Conv2d(entering, leaving, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(leaving), nn.LeakyReLU(slope))


class Sum(nn.Module):
    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.inner = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.inner(x)


class Eighth(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * 0.125


def resnet9() -> nn.Sequential:
    """Page 2018, from the article's figure: a convolution and a pool in place of each strided unit."""
    layers: list[nn.Module] = [convolution(3, 64, 3)]
    for entering, leaving, residual in ((64, 128, True), (128, 256, False), (256, 512, True)):
        layers += [nn.Sequential(convolution(entering, leaving, 3), nn.MaxPool2d(2))]
        layers += [Sum(convolution(leaving, leaving, 3), convolution(leaving, leaving, 3))] if residual else []
    return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(512, 10, bias=False), Eighth())


def darknet53() -> nn.Sequential:
    """Redmon & Farhadi 2018, Table 1."""
    layers: list[nn.Module] = [convolution(3, 32, 3, slope=0.1)]
    for width, units in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        layers.append(convolution(width // 2, width, 3, 2, 0.1))
        for _ in range(units):
            narrow, wide = convolution(width, width // 2, 1, 1, 0.1), convolution(width // 2, width, 3, 1, 0.1)
            layers.append(Sum(narrow, wide))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 1000))


def same_outputs(ours: nn.Module, theirs: nn.Module, names: dict[str, str], side: int) -> None:
    """Checks both on the weights of `theirs`, whose names match `names`' patterns, with statistics drawn anew.

    Without patterns both have their weights in the same order.
    """
    chance = torch.Generator().manual_seed(3)
    for module in theirs.double().eval().modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.weight.data.uniform_(0.5, 1.5, generator=chance)
            module.running_var.uniform_(0.01, 0.5, generator=chance)
            module.running_mean.normal_(0.0, 0.1, generator=chance)
            module.bias.data.normal_(0.0, 0.1, generator=chance)
        elif isinstance(module, nn.PReLU):
            module.weight.data.uniform_(0.1, 0.4, generator=chance)
    given = theirs.state_dict()
    keys = [_renamed(key, names) for key in given] if names else ours.state_dict()
    ours.double().eval().load_state_dict(dict(zip(keys, given.values(), strict=True)))
    images = torch.randn(2, 3, side, side, dtype=torch.float64, generator=chance)
    with torch.no_grad():
        expected = theirs(images)
        assert (expected[0] - expected[1]).abs().max() > 0.01, "weights that let something through"
        torch.testing.assert_close(ours(images), expected, rtol=1e-9, atol=1e-12)


def _renamed(key: str, names: dict[str, str]) -> str:
    """The key with the first pattern replaced that it has."""
    return next((re.sub(theirs, ours, key) for theirs, ours in names.items() if re.search(theirs, key)), key)


def test_kuanglius_preactivation_network() -> None:
    names = {r"^linear": "fc", "shortcut": "downsample"}
    same_outputs(build_module(preset("kuangliu_preact18")), PreActResNet18(), names, 32)


def test_insightfaces_network() -> None:
    names = {r"^prelu": "act1", r"^bn2": "norm", r"^features": "fc_norm"}
    names |= {r"\.bn1": ".bn0", r"\.bn2": ".bn1", r"\.bn3": ".bn2", r"\.prelu": ".act1"}
    same_outputs(build_module(preset("iresnet18")), IResNet((2, 2, 2, 2)), names, 112)


def test_a_convolution_and_a_pool_before_each_stage() -> None:
    same_outputs(build_module(preset("resnet9")), resnet9(), {}, 32)


def test_darknet() -> None:
    same_outputs(build_module(preset("yolov3_darknet53")), darknet53(), {}, 64)
