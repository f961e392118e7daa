"""ResNeXt's block in three forms that are one function (Xie et al. 2017, Fig. 3), shown by numbers.

All three are built from the weights of one grouped block. `python -m explorer.engine.jobs.equivalent_forms` answers a
`FormSizes` with the differences.
"""

import sys

import torch
from torch import Tensor, nn

from explorer.jobs.child_side import answer_one, texts_of
from explorer.jobs.verification import FormDifference, FormSizes

MOST_CHANNELS = 4096
IMAGE_SIZE = 8
"""Pixels of the map on which the forms are compared."""


class GroupedConvolution(nn.Module):
    """Fig. 3(c): one grouped convolution. Random weights and running statistics; norm after the last convolution."""

    def __init__(self, cardinality: int, width: int, channels: int) -> None:
        super().__init__()
        wide = cardinality * width
        self.cardinality = cardinality
        self.width = width
        # Lists beside the registered modules, so that types are known.
        self.convs = [
            nn.Conv2d(channels, wide, 1, bias=False),
            nn.Conv2d(wide, wide, 3, padding=1, groups=cardinality, bias=False),
            nn.Conv2d(wide, channels, 1, bias=False),
        ]
        self.bns = [nn.BatchNorm2d(count) for count in (wide, wide, channels)]
        self.convolutions = nn.ModuleList(self.convs)
        self.norms = nn.ModuleList(self.bns)
        for norm in self.bns:
            randomise(norm)

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for convolution, norm in zip(self.convs[:2], self.bns[:2], strict=True):
            y = torch.relu(norm(convolution(y)))
        return torch.relu(self.bns[2](self.convs[2](y)) + x)

    def path(self, number: int, convolutions: int) -> nn.Module:
        """The first `convolutions` layers of one path, with this block's weights for it."""
        own = slice(number * self.width, (number + 1) * self.width)
        first, second, last = (convolution.weight.detach() for convolution in self.convs)
        layers: list[nn.Module] = []
        for weight, norm in zip((first[own], second[own]), self.bns[:2], strict=True):
            layers += [_convolution(weight), _norm(norm, own), nn.ReLU()]
        return nn.Sequential(*layers, *([_convolution(last[:, own])] if convolutions > 2 else []))


class EarlyConcatenation(nn.Module):
    """Fig. 3(b): narrow paths side by side, one convolution back up."""

    def __init__(self, grouped: GroupedConvolution) -> None:
        super().__init__()
        self.paths = nn.ModuleList(grouped.path(number, 2) for number in range(grouped.cardinality))
        self.convolution = _convolution(grouped.convs[2].weight.detach())
        self.norm = _norm(grouped.bns[2], slice(None))

    def forward(self, x: Tensor) -> Tensor:
        narrow = torch.cat([path(x) for path in self.paths], dim=1)
        return torch.relu(self.norm(self.convolution(narrow)) + x)


class SplitTransformMerge(nn.Module):
    """Fig. 3(a): whole paths, added. The last norm follows the addition of the paths (section 4, implementation)."""

    def __init__(self, grouped: GroupedConvolution) -> None:
        super().__init__()
        self.paths = nn.ModuleList(grouped.path(number, 3) for number in range(grouped.cardinality))
        self.norm = _norm(grouped.bns[2], slice(None))

    def forward(self, x: Tensor) -> Tensor:
        merged = torch.stack([path(x) for path in self.paths]).sum(dim=0)
        return torch.relu(self.norm(merged) + x)


def _convolution(weight: Tensor) -> nn.Conv2d:
    outputs, inputs, kernel, _ = weight.shape
    convolution = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False, dtype=weight.dtype)
    convolution.weight.data = weight.clone()
    return convolution


def randomise(norm: nn.BatchNorm2d, chance: torch.Generator | None = None) -> None:
    """Draws scales, shifts and statistics at random, so that the norm is no identity."""
    for tensor, low in ((norm.weight, 0.5), (norm.bias, -0.5), (norm.running_mean, -0.5), (norm.running_var, 0.5)):
        assert tensor is not None
        nn.init.uniform_(tensor, low, low + 1.0, generator=chance)


def _norm(norm: nn.BatchNorm2d, own: slice) -> nn.BatchNorm2d:
    """The norm of some of the channels."""
    part = nn.BatchNorm2d(len(norm.weight[own]), dtype=norm.weight.dtype)
    state = {name: value if value.ndim == 0 else value[own].clone() for name, value in norm.state_dict().items()}
    part.load_state_dict(state)
    return part


def equivalent_forms(cardinality: int, width: int, channels: int, seed: int = 0) -> tuple[FormDifference, ...]:
    """The three forms on the same weights and images, compared in double precision.

    Raises ValueError for sizes below 1, or for more than 4,096 channels inside or outside.
    """
    if min(cardinality, width, channels) < 1 or max(cardinality * width, channels) > MOST_CHANNELS:
        raise ValueError(f"sizes must be at least 1, and at most {MOST_CHANNELS:,} channels in all.")
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        grouped = GroupedConvolution(cardinality, width, channels).double().eval()
        images = torch.randn(2, channels, IMAGE_SIZE, IMAGE_SIZE, dtype=torch.float64)
        expected = grouped(images)
        forms: dict[str, nn.Module] = {
            "split_transform_merge": SplitTransformMerge(grouped).eval(),
            "early_concatenation": EarlyConcatenation(grouped).eval(),
            "grouped_convolution": grouped,
        }
        return tuple(
            FormDifference(name, _parameters(form), (form(images) - expected).abs().max().item())
            for name, form in forms.items()
        )


def _parameters(form: nn.Module) -> int:
    return sum(module.weight.numel() for module in form.modules() if isinstance(module, nn.Conv2d))


if __name__ == "__main__":
    sys.exit(
        answer_one(
            FormSizes,
            lambda sizes, send_progress: equivalent_forms(sizes.cardinality, sizes.width, sizes.channels),
            texts_of(ValueError),
        )
    )
