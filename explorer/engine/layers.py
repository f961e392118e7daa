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
    "Concatenate",
    "DilatedAvgPool2d",
    "Multiply",
    "PadBehind",
    "PadShortcut",
    "SamePad2d",
    "Scale",
    "StandardizedConv2d",
    "StochasticDepth",
]


class Add(nn.Module):
    """F(x) + h(x)."""

    def forward(self, branch: Tensor, shortcut: Tensor) -> Tensor:
        return branch + shortcut


class Concatenate(nn.Module):
    """Two maps, the channels of the second behind those of the first."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        return torch.cat((first, second), 1)


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
        weight = (self.weight - mean) / torch.sqrt(variance + 1e-8)
        convolved: Tensor = self._conv_forward(x, weight, self.bias)
        return convolved


class BlurPool2d(nn.Module):
    """A fixed binomial filter with stride, reflected at the border (Zhang 2019)."""

    kernel: Tensor

    def __init__(self, channels: int, stride: int = 2, dilation: int = 1, size: int = 3) -> None:
        super().__init__()
        self.stride, self.dilation, self.size = stride, dilation, size
        row = torch.ones(1)
        for _ in range(size - 1):  # a row of Pascal's triangle, whose sum is 1
            row = (F.pad(row, (0, 1)) + F.pad(row, (1, 0))) / 2
        kernel = torch.outer(row, row).repeat(channels, 1, 1, 1)
        self.register_buffer("kernel", kernel, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        rate = self.dilation
        for dim in (2, 3):
            start = range((self.size - 1) // 2 * rate, 0, -rate)
            end = range(x.shape[dim] - 2 * rate, x.shape[dim] - (self.size // 2 + 2) * rate, -rate)
            x = torch.cat([x if i < 0 else x.narrow(dim, i, rate) for i in (*start, -1, *end)], dim)
        return F.conv2d(x, self.kernel, stride=self.stride, dilation=rate, groups=x.shape[1])


class SamePad2d(nn.Module):
    """TensorFlow's padding "SAME": of an odd number of missing rows, one more comes behind.

    So many that ceil(side / stride) windows fit: of zeros, or of the lowest value for a max pool.
    """

    def __init__(self, kernel_size: int, stride: int, lowest: bool = False) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.value = float("-inf") if lowest else 0.0

    def forward(self, x: Tensor) -> Tensor:
        borders = []
        for side in (x.shape[3], x.shape[2]):
            missing = max((-(-side // self.stride) - 1) * self.stride + self.kernel_size - side, 0)
            borders += [missing // 2, missing - missing // 2]
        return F.pad(x, borders, value=self.value)


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
    """Drops the branch at rate p: of the whole batch ("batch"; Huang et al. 2016), or of each example ("row")."""

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
