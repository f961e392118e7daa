"""The layers that torch.nn lacks, under the names that `model.ops` gives them.

Generated code has its own text of these classes, in `outputs/code/own_layers.py`; a test compares what both compute.

`StochasticDepth` is torchvision's to the bit. It is written again because torchvision's operators import torch's
compiler, which would cost every worker about two seconds before its first step; generated code imports the original.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = [
    "Add",
    "BlurPool2d",
    "ChannelConv1d",
    "Complement",
    "DilatedAvgPool2d",
    "Multiply",
    "PadBehind",
    "PadShortcut",
    "Scale",
    "StandardizedConv2d",
    "StochasticDepth",
]


class Add(nn.Module):
    """F(x) + h(x)."""

    def forward(self, branch: Tensor, shortcut: Tensor) -> Tensor:
        return branch + shortcut


class Multiply(nn.Module):
    """A product; the gate is broadcast over the map."""

    def forward(self, x: Tensor, gate: Tensor) -> Tensor:
        return x * gate


class Complement(nn.Module):
    """1 - g."""

    def forward(self, gate: Tensor) -> Tensor:
        return 1 - gate


class Scale(nn.Module):
    """A constant factor."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return self.factor * x


class PadShortcut(nn.Module):
    """Option A: every `stride`-th pixel, zeros for new channels on both sides (He et al. 2015)."""

    def __init__(self, out_channels: int, stride: int) -> None:
        super().__init__()
        self.out_channels = out_channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        new = self.out_channels - x.shape[1]
        x = x[:, :, :: self.stride, :: self.stride]
        return F.pad(x, (0, 0, 0, 0, new // 2, new - new // 2))


class PadBehind(PadShortcut):
    """Option A with all zeros behind the old channels, as in fb.resnet.torch."""

    def forward(self, x: Tensor) -> Tensor:
        new = self.out_channels - x.shape[1]
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, new))


class StandardizedConv2d(nn.Conv2d):
    """A convolution whose filters have mean 0 and deviation 1 when used (Qiao et al. 2019)."""

    def forward(self, x: Tensor) -> Tensor:
        variance, mean = torch.var_mean(self.weight, dim=(1, 2, 3), keepdim=True, correction=0)
        weight = (self.weight - mean) / torch.sqrt(variance + 1e-10)
        return F.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class BlurPool2d(nn.Module):
    """A fixed 3x3 binomial filter with stride, reflected at the border (Zhang 2019)."""

    kernel: Tensor

    def __init__(self, channels: int, stride: int = 2, dilation: int = 1) -> None:
        super().__init__()
        self.stride = stride
        self.dilation = dilation
        row = torch.tensor([0.25, 0.5, 0.25])
        kernel = torch.outer(row, row).repeat(channels, 1, 1, 1)
        self.register_buffer("kernel", kernel, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        rate = self.dilation
        for dim in (2, 3):
            end = x.shape[dim] - 2 * rate
            x = torch.cat((x.narrow(dim, rate, rate), x, x.narrow(dim, end, rate)), dim)
        return F.conv2d(x, self.kernel, stride=self.stride, dilation=rate, groups=x.shape[1])


class DilatedAvgPool2d(nn.Module):
    """The mean of each value and its neighbours `dilation` places on; none outside the map.

    A neighbour that is left out leaves the mean as it is, so the value itself stands in its place.
    """

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation

    def forward(self, x: Tensor) -> Tensor:
        for dim in (2, 3):
            inside = x.shape[dim] - self.dilation
            neighbours = x.narrow(dim, self.dilation, inside)
            last = x.narrow(dim, inside, self.dilation)
            x = torch.cat((neighbours, last), dim).add_(x).div_(2)
        return x


class ChannelConv1d(nn.Conv1d):
    """A 1-D convolution along the channels of a pooled map (Wang et al. 2020)."""

    def __init__(self, kernel_size: int) -> None:
        super().__init__(1, 1, kernel_size, padding=kernel_size // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(1).unsqueeze(1)).view_as(x)


class StochasticDepth(nn.Module):
    """Drops the branch of each example ("row") or of the whole batch ("batch") at rate p (Huang et al. 2016)."""

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        keep = 1 - self.p
        chosen = x.new_empty(x.shape[0] if self.mode == "row" else 1, 1, 1, 1).bernoulli_(keep)
        return x * (chosen / keep if keep > 0 else chosen)
