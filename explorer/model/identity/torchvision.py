"""Which networks torchvision's own `ResNet` and `VGG` classes can build, and with which arguments."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from explorer.model.errors import SpecError
from explorer.model.identity.canonical import signature
from explorer.model.identity.torchvision_vgg import VggArguments, vgg_arguments
from explorer.model.spec import ModelSpec

TORCHVISION_FIELDS = (
    *("block", "stage_blocks", "cardinality", "base_width", "dilations"),
    *("zero_init_residual", "num_classes", "image_size", "image_width"),
)
"""The fields that torchvision has an argument for; the image size needs none. The others' defaults are its values."""

BLOCK_CLASSES = {"basic": "BasicBlock", "bottleneck": "Bottleneck"}


@dataclass(frozen=True)
class ResNetArguments:
    """Arguments of `torchvision.models.resnet.ResNet`, under its names."""

    source: ClassVar[str] = "torchvision.models.resnet"
    renames: ClassVar[bool] = False
    """Its parameters have the names that they have here."""

    block: str
    layers: tuple[int, ...]
    num_classes: int
    zero_init_residual: bool
    groups: int
    width_per_group: int
    replace_stride_with_dilation: tuple[bool, bool, bool]

    def __str__(self) -> str:
        """The call, without arguments that are torchvision's defaults."""
        arguments = [self.block, str(list(self.layers))]
        defaults = {"num_classes": 1000, "zero_init_residual": False, "groups": 1, "width_per_group": 64}
        arguments += [
            f"{name}={getattr(self, name)}" for name, value in defaults.items() if getattr(self, name) != value
        ]
        if any(self.replace_stride_with_dilation):
            arguments.append(f"replace_stride_with_dilation={list(self.replace_stride_with_dilation)}")
        return f"ResNet({', '.join(arguments)})"


TorchvisionArguments = ResNetArguments | VggArguments
"""What `source`'s class is called with."""


def torchvision_arguments(spec: ModelSpec) -> TorchvisionArguments | None:
    """How torchvision builds the network of `spec`; None where it cannot."""
    return resnet_arguments(spec) or vgg_arguments(spec)


def resnet_arguments(spec: ModelSpec) -> ResNetArguments | None:
    """How torchvision builds the network of `spec` with its class ResNet; None where it cannot."""
    dilations = spec.dilations or (1, 1, 1, 1)
    replaced = tuple(now == 2 * before for before, now in pairwise(dilations))
    if not spec.num_classes or not _has_arguments(spec) or len(replaced) != 3 or not _is_torchvisions(spec):
        return None
    return ResNetArguments(
        block=BLOCK_CLASSES[spec.block],
        layers=spec.stage_blocks,
        num_classes=spec.num_classes,
        zero_init_residual=spec.zero_init_residual,
        groups=spec.cardinality,
        width_per_group=spec.base_width,
        replace_stride_with_dilation=(replaced[0], replaced[1], replaced[2]),
    )


def _has_arguments(spec: ModelSpec) -> bool:
    """Dilations double from 1 or stay, and basic blocks are neither grouped, nor widened, nor dilated."""
    dilations = spec.dilations or (1, 1, 1, 1)
    doubles = dilations[0] == 1 and all(now in {before, 2 * before} for before, now in pairwise(dilations))
    plain = spec.cardinality == 1 and spec.base_width == 64 and max(dilations) == 1
    return doubles and spec.block in BLOCK_CLASSES and (spec.block != "basic" or plain)


def _is_torchvisions(spec: ModelSpec) -> bool:
    """Whether every other field might as well have torchvision's value."""
    try:
        twin = ModelSpec(**{name: getattr(spec, name) for name in TORCHVISION_FIELDS})
        return signature(twin) == signature(spec)
    except SpecError:
        return False
