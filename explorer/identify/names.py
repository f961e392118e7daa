"""The names that other implementations of the same networks give to their layers, and ours for them."""

import re
from dataclasses import dataclass

from explorer.model import PRESETS, Graph, assemble, preset
from explorer.model.identity.torchvision_vgg import vgg_names


@dataclass(frozen=True)
class Naming:
    """How another implementation of the same networks calls its parameters."""

    source: str
    patterns: tuple[tuple[str, str], ...] = ()
    """Regular expressions with what replaces them, applied one after the other to every name."""

    def name(self, theirs: str) -> str:
        """Another implementation's name, of a layer or a tensor, as this program writes it."""
        for pattern, ours in self.patterns:
            theirs = re.sub(pattern, ours, theirs)
        return theirs


def _resnet_v2(projection: int) -> tuple[tuple[str, str], ...]:
    """timm's pre-activation networks; `projection` is the place of the shortcut's convolution, 1 behind a pool."""
    deep = [(place, 3 * (place - 1)) for place in (1, 2, 3)]
    return (
        *((r"^stem\.conv(?=\.|$)", "conv1"), (r"^head\.fc(?=\.|$)", "fc")),
        *((rf"^stem\.conv{place}(?=\.|$)", f"conv1.{ours}") for place, ours in deep),
        *((rf"^stem\.norm{place}(?=\.|$)", f"conv1.{ours + 1}") for place, ours in deep[:2]),
        *((rf"^stages\.{stage}\.blocks\.", f"layer{stage + 1}.") for stage in range(4)),
        *((r"\.norm(\d)(?=\.|$)", r".bn\1"), (r"\.downsample\.conv(?=\.|$)", f".downsample.{projection}")),
    )


def vgg_patterns(graph: Graph) -> tuple[tuple[str, str], ...]:
    """torchvision's names of a VGG's layers, which its `features` number, and timm's, which differ in the head."""
    ours = {rf"^{re.escape(theirs)}(?=\.|$)": path for theirs, path in vgg_names(graph).items()}
    return (*ours.items(), (r"^pre_logits\.fc(\d)(?=\.|$)", r"fc\1"), (r"^head\.fc(?=\.|$)", "fc"))


VGG = "torchvision.models.vgg"

NAMINGS: tuple[Naming, ...] = (
    Naming("torchvision"),
    Naming(
        "CIFAR networks with `linear` and `shortcut`",
        ((r"(^|\.)linear(?=\.|$)", r"\1fc"), (r"(^|\.)shortcut(?=\.|$)", r"\1downsample")),
    ),
    Naming("timm's ECA networks", ((r"\.se\.conv(?=\.|$)", ".eca.conv"),)),
    Naming(
        "timm's legacy SE networks",
        ((r"^layer0\.", ""), (r"^last_linear(?=\.|$)", "fc"), (r"\.se_module\.", ".se.")),
    ),
    Naming("timm's ResNet V2", _resnet_v2(projection=0)),
    Naming("timm's ResNet V2-D", _resnet_v2(projection=1)),
    *(
        Naming(f"{known.title} of torchvision or timm", vgg_patterns(assemble(preset(known.name))))
        for known in PRESETS.values()
        if known.library == VGG
    ),
)
"""Tried in this order; the first whose names all fit is taken. Most of timm's networks have torchvision's names."""
