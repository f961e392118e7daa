"""What torchvision and timm call the tensors of a network that they have, so that weights can be taken to them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from explorer.model.assembly.network import assemble
from explorer.model.identity.known import identify
from explorer.model.identity.torchvision import torchvision_arguments
from explorer.model.identity.torchvision_vgg import vgg_names
from explorer.model.presets.catalogue import PRESETS
from explorer.model.spec import ModelSpec

Patterns = tuple[tuple[str, str], ...]


class LibraryNames(NamedTuple):
    """A network of a library: its layers' names for ours where they differ."""

    library: str
    network: str
    """The call that makes it there."""
    patterns: Patterns = ()
    """Regular expressions on our name with what replaces them, applied one after the other."""
    convolutions: tuple[str, ...] = ()
    """Our names of matrices that are convolutions of 1x1 there."""

    def name(self, ours: str) -> str:
        """The library's name of a tensor, or of a layer."""
        for pattern, theirs in self.patterns:
            ours = re.sub(pattern, theirs, ours)
        return ours


STEM_OF_V2: Patterns = (
    *((rf"^conv1\.{place}\.", rf"stem.{name}.") for place, name in ((0, "conv1"), (3, "conv2"), (6, "conv3"))),
    *((rf"^conv1\.{place}\.", rf"stem.{name}.") for place, name in ((1, "norm1"), (4, "norm2"))),
    (r"^conv1\.", "stem.conv."),
)
SENET: Patterns = (
    (r"^(conv1|bn1)\.", r"layer0.\1."),
    (r"^fc\.", "last_linear."),
    (r"\.se\.", ".se_module."),
)
TIMM: Mapping[str, tuple[Patterns, tuple[str, ...]]] = {
    "torchvision.models.resnet": ((), ()),
    "timm.models.resnet": (((r"\.eca\.conv\.", ".se.conv."),), ()),
    "timm.models.senet": (SENET, ()),
    "timm.models.resnetv2": (
        (
            *STEM_OF_V2,
            *((rf"^layer{stage + 1}\.", rf"stages.{stage}.blocks.") for stage in range(4)),
            *((r"\.bn(\d)\.", r".norm\1."), (r"\.downsample\.\d\.", ".downsample.conv."), (r"^fc\.", "head.fc.")),
        ),
        ("fc.weight",),
    ),
}
"""By the module that a preset names: our names and timm's, and the matrices that are convolutions there.

timm has torchvision's networks under the same names."""


def libraries_of(spec: ModelSpec) -> tuple[LibraryNames, ...]:
    """The libraries that have the network of `spec`, torchvision first."""
    found = []
    if (arguments := torchvision_arguments(spec)) is not None:
        theirs = vgg_names(assemble(spec)) if arguments.renames else {}
        patterns = tuple((rf"^{re.escape(ours)}(?=\.|$)", name) for name, ours in theirs.items())
        found.append(LibraryNames("torchvision", str(arguments), patterns))
    for known in identify(spec):
        if (library := PRESETS[known.name].library) in TIMM:
            call = f"timm.create_model({known.name!r}, num_classes={spec.num_classes})"
            found.append(LibraryNames("timm", call, *TIMM[library]))
            break
    return tuple(found)
