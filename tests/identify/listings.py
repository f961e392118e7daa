"""Tables of contents of files that hold networks, without the files: names and shapes follow from a spec."""

import random
import re
from collections.abc import Callable
from dataclasses import replace

from explorer.identify.layers import COUNTER, Layer, network_units
from explorer.identify.records import Listing, StoredTensor
from explorer.model import ModelSpec

Rename = Callable[[str], str]


def stored(name: str, shape: tuple[int, ...], dtype: str = "float32", *, under: tuple[str, ...] = ()) -> StoredTensor:
    return StoredTensor((*under, name), shape, dtype)


def network_layers(spec: ModelSpec) -> list[Layer]:
    """All layers with tensors of a network, in the order in which its module registers them."""
    return [layer for unit in network_units(spec) for layer in unit.layers]


def tensors_of(spec: ModelSpec) -> list[tuple[str, tuple[int, ...]]]:
    """Names and shapes as the module's `state_dict` has them, counters too."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for layer in network_layers(spec):
        found += ((part.name, part.shape) for part in layer.parts)
        if layer.signature[0] == "batch":
            found.append((f"{layer.name}.{COUNTER}", ()))
    return found


def listing_of(spec: ModelSpec, rename: Rename = str, under: tuple[str, ...] = (), prefix: str = "") -> Listing:
    """The file of a network with other names, under keys, with a prefix before every name."""
    tensors = [stored(prefix + rename(name), shape, under=under) for name, shape in tensors_of(spec)]
    return Listing("file.pth", "PyTorch", tuple(tensors))


def sorted_listing_of(spec: ModelSpec, rename: Rename = str) -> Listing:
    """The same as a format keeps it that sorts by name: biases before kernels, the classifier anywhere."""
    found = listing_of(spec, rename)
    return replace(found, tensors=tuple(sorted(found.tensors)), ordered=False)


def private_names(spec: ModelSpec, seed: int = 0) -> Rename:
    """Names of layers that say nothing, in no order; each layer's tensors keep torch's words."""
    layers = sorted({name.rpartition(".")[0] for name, _ in tensors_of(spec)})
    words = [f"w{number}" for number in range(len(layers))]
    random.Random(seed).shuffle(words)
    names = dict(zip(layers, words, strict=True))
    return lambda name: f"{names[name.rpartition('.')[0]]}.{name.rpartition('.')[2]}"


def numbered_names(spec: ModelSpec) -> Rename:
    """Names of tensors that say nothing at all."""
    names = {name: f"t{number}" for number, (name, _) in enumerate(tensors_of(spec))}
    return names.__getitem__


def stages_of_its_own(name: str) -> str:
    """The names of a stranger who keeps blocks in stages: `stage_1.0.conv_1`, `stage_2.0.skip.0`, `classifier`."""
    name = re.sub(r"^layer(\d)", r"stage_\1", name)
    name = re.sub(r"(conv|bn)(\d)", r"\1_\2", name)
    return name.replace("downsample", "skip").replace("fc.", "classifier.")


NAMES: dict[str, Callable[[ModelSpec], Rename]] = {
    "ours": lambda spec: str,
    "own stages": lambda spec: stages_of_its_own,
    "private layers": private_names,
    "numbers": numbered_names,
}
"""How the tensors of a network are called in the files of these tests."""
