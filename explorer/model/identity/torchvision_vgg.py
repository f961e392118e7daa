"""Which networks torchvision's own `VGG` class can build, with which arguments, and under which names."""

from dataclasses import dataclass
from typing import ClassVar

from explorer.model.assembly.network import assemble
from explorer.model.errors import SpecError
from explorer.model.graph import Graph
from explorer.model.identity.canonical import signature
from explorer.model.ops import AdaptiveAvgPool2d, Conv2d, MaxPool2d
from explorer.model.presets.catalogue import preset_fields
from explorer.model.spec import ModelSpec

VGG_FIELDS = (
    *("stage_blocks", "stage_widths", "stage_strides", "stem_width", "norm"),
    *("num_classes", "head_dropout", "image_size", "image_width"),
)
"""The fields that torchvision has an argument for; the image size needs none. The others are VGG-16's."""

POOL, HALVES = "M", 2
"""What stands for a max pool in torchvision's list of layers, and its stride."""
CLASSIFIER: dict[str, str] = {"classifier.0": "fc1", "classifier.3": "fc2", "classifier.6": "fc"}
"""torchvision's names of the linear layers, and ours."""


@dataclass(frozen=True)
class VggArguments:
    """Arguments of `torchvision.models.vgg.VGG` and of `make_layers`, under their names."""

    source: ClassVar[str] = "torchvision.models.vgg"
    renames: ClassVar[bool] = True
    """Its parameters have other names than ours."""

    cfg: tuple[int | str, ...]
    """The channels of each convolution, and `M` for each max pool."""
    batch_norm: bool
    num_classes: int
    dropout: float

    def __str__(self) -> str:
        """The call, without arguments that are torchvision's defaults."""
        layers = f"make_layers({list(self.cfg)}{', batch_norm=True' if self.batch_norm else ''})"
        defaults = {"num_classes": 1000, "dropout": 0.5}
        given = [f"{name}={getattr(self, name)}" for name, value in defaults.items() if getattr(self, name) != value]
        return f"VGG({', '.join((layers, *given))})"


def vgg_arguments(spec: ModelSpec) -> VggArguments | None:
    """How torchvision builds the network of `spec` with its class VGG; None where it cannot."""
    if not spec.num_classes or spec.norm not in {"batch", "none"} or not _is_torchvisions(spec):
        return None
    layers = [node.op for _, node in assemble(spec).nodes() if isinstance(node.op, Conv2d | MaxPool2d)]
    if any(isinstance(op, MaxPool2d) and op.stride != HALVES for op in layers):
        return None
    return VggArguments(
        cfg=tuple(op.out_channels if isinstance(op, Conv2d) else POOL for op in layers),
        batch_norm=spec.norm == "batch",
        num_classes=spec.num_classes,
        dropout=spec.head_dropout,
    )


def _is_torchvisions(spec: ModelSpec) -> bool:
    """Whether every other field might as well have torchvision's value."""
    try:
        twin = ModelSpec(**(preset_fields("vgg16") | {name: getattr(spec, name) for name in VGG_FIELDS}))
        return signature(twin) == signature(spec)
    except SpecError:
        return False


def vgg_names(graph: Graph) -> dict[str, str]:
    """torchvision's names of the layers with parameters, and ours, of a network that torchvision's VGG can build.

    torchvision numbers all layers up to the last max pool: convolutions, norms, activations and pools.
    """
    names: dict[str, str] = {}
    for number, (path, node) in enumerate(graph.nodes()):
        if isinstance(node.op, AdaptiveAvgPool2d):
            break
        if node.op.parameters():
            names[f"features.{number}"] = path
    return names | CLASSIFIER
