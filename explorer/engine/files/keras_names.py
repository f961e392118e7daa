"""How Keras names and lays out what its layers keep, and what torch would call each axis."""

from collections import Counter
from collections.abc import Mapping
from math import prod

NORM = {4: ("gamma", "beta", "moving_mean", "moving_variance"), 2: ("gamma", "beta")}
KEPT: Mapping[str, tuple[str, ...]] = {
    "depthwise_conv": ("depthwise_kernel", "bias"),
    "separable_conv": ("depthwise_kernel", "pointwise_kernel", "bias"),
    "conv": ("kernel", "bias"),
    "dense": ("kernel", "bias"),
}
"""What a layer keeps, in its order, by how the name of its class begins: files of Keras 3 number it."""
KERNELS = ("kernel", "pointwise_kernel")
DEPTHWISE = "depthwise_kernel"
NUMBERED = "vars"


def readable(places: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The names by which arrays are listed, by place in the file; the value of `places` is the layer's own name.

    `layers/conv2d_4/vars/0` of the layer `conv3_block1_1_conv` becomes `layers`, `conv3_block1_1_conv`, `kernel`;
    `model_weights/conv1_conv/conv1_conv/kernel:0` loses its repetition. Places that would get equal names keep theirs.
    """
    siblings = Counter(place.rpartition("/")[0] for place in places)
    found = {place: _names(place, layer, siblings[place.rpartition("/")[0]]) for place, layer in places.items()}
    taken = Counter(found.values())
    return {place: names if taken[names] == 1 else tuple(place.split("/")) for place, names in found.items()}


def _names(place: str, layer: str, siblings: int) -> tuple[str, ...]:
    names = place.split("/")
    if len(names) > 2 and names[-2] == NUMBERED and names[-1].isdecimal():
        words = _words(names[-3], siblings)
        number = int(names[-1])
        word = words[number] if number < len(words) else names[-1]
        return (*names[:-3], layer or names[-3], word)
    return tuple(name for at, name in enumerate(names) if at == 0 or name != names[at - 1])


def _words(group: str, count: int) -> tuple[str, ...]:
    if group.startswith("batch_normalization"):
        return NORM.get(count, ()) if count == 4 else ()
    if "normalization" in group:
        return NORM.get(count, ())
    return next((words for start, words in KEPT.items() if group.startswith(start)), ())


def layout(names: tuple[str, ...], shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """An array's axes in torch's order, and its shape then.

    Kernels: height, width, inputs, outputs become outputs, inputs, height, width; matrices: inputs, outputs become
    outputs, inputs. Depthwise kernels: height, width, inputs, multiplier become inputs x multiplier, 1, height, width.
    """
    word, rank = names[-1].removesuffix(":0"), len(shape)
    depthwise = word == DEPTHWISE or (word in KERNELS and any("depthwise" in name for name in names[:-1]))
    if depthwise and rank in (3, 4):
        axes = (rank - 2, rank - 1, *range(rank - 2))
        return axes, (prod(shape[-2:]), 1, *shape[:-2])
    if word in KERNELS and 2 <= rank <= 5:
        axes = (rank - 1, rank - 2, *range(rank - 2))
        return axes, tuple(shape[axis] for axis in axes)
    return tuple(range(rank)), tuple(shape)
