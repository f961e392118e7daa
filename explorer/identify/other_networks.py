"""What the shapes of a file look like that is no network of this family: one sentence, from a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.identify.layers import Layer
from explorer.identify.readings import Convolution, convolutions
from explorer.language import N_, Sentence, sentence


@dataclass(frozen=True)
class _Shapes:
    """What the descriptions are told by."""

    kernels: tuple[Convolution, ...]
    """Convolutions proper, not matrices."""
    matrices: tuple[Convolution, ...]
    uneven: int
    """Convolutions whose kernel is higher than wide, or wider than high."""

    def with_size(self, *sizes: int) -> int:
        """How many convolutions have one of these kernels."""
        return sum(each.size in sizes for each in self.kernels)

    @property
    def depthwise(self) -> int:
        """How many convolutions behind the first read one channel each."""
        return sum(each.group == 1 and each.out > 1 and each.size > 1 for each in self.kernels[1:])


def _growing(shapes: _Shapes) -> bool:
    """Whether most 3x3 give equally few channels while the 1x1 before them read ever more: dense blocks."""
    outs = [each.out for each in shapes.kernels if each.size == 3]
    read = [each.group for each in shapes.kernels if each.size == 1]
    usual = max(set(outs), key=outs.count, default=0)
    return len(outs) > 8 and outs.count(usual) > 0.9 * len(outs) and len(set(read)) > max(2, 0.6 * len(read))


def _is_attention(shapes: _Shapes) -> bool:
    threefold = sum(each.out == 3 * each.group for each in shapes.matrices)
    equal = sum(each.out == each.group for each in shapes.matrices)
    return threefold >= 2 or equal >= 8


def _is_decoder(shapes: _Shapes) -> bool:
    """Transposed convolutions of 2x2, or 3x3 that read two maps of as many channels as they give."""
    joined = [each for each in shapes.kernels if each.size == 3 and each.group == 2 * each.out]
    return shapes.with_size(2) >= 2 or (len(joined) >= 3 and not shapes.matrices)


Descriptions = tuple[tuple[Callable[[_Shapes], bool], str], ...]
OTHERS: Descriptions = (
    (_is_attention, N_("blocks of attention, whose matrices are three times as high as wide or square: a transformer")),
    (
        lambda shapes: shapes.depthwise >= 3,
        N_("convolutions that read one channel each: MobileNet, EfficientNet, ConvNeXt or one of their kind"),
    ),
    (lambda shapes: shapes.uneven >= 4, N_("convolutions of 1x7 and 7x1, or 1x3 and 3x1: an Inception network")),
    (
        _is_decoder,
        N_("a chain of convolutions that narrows the map and one that widens it: a U-Net or another decoder"),
    ),
    (_growing, N_("3x3 convolutions of equally few channels whose inputs grow: a DenseNet")),
)
"""Shapes that no network of this family has."""
CHAINS: Descriptions = (
    (
        lambda shapes: shapes.with_size(3) == len(shapes.kernels) >= 8 and len(shapes.matrices) >= 1,
        N_("a chain of 3x3 convolutions and linear layers, no shortcut among them: a VGG network"),
    ),
    (
        lambda shapes: shapes.with_size(11) > 0,
        N_("a first convolution of 11x11 and large linear layers: AlexNet"),
    ),
)
"""Shapes that a network of this family may have too, with shortcuts that have no weights."""


def description(layers: Sequence[Layer]) -> str:
    """What the layers look like, to follow "its tensors are"; empty where no entry of the table holds."""
    shapes = _shapes(layers)
    return next((words for holds, words in (*OTHERS, *CHAINS) if holds(shapes)), "")


def is_foreign(layers: Sequence[Layer]) -> bool:
    """Whether the layers have shapes of another family."""
    shapes = _shapes(layers)
    return any(holds(shapes) for holds, _ in OTHERS)


def counts(layers: Sequence[Layer]) -> Sentence:
    """How many convolutions, of which kernels, and how many matrices there are."""
    shapes = _shapes(layers)
    sizes = sorted({each.size for each in shapes.kernels})
    kinds = f" ({', '.join(f'{size}x{size}' for size in sizes)})" if sizes else ""
    return sentence(
        "{kernels} convolutions{kinds} and {matrices} matrices",
        kernels=len(shapes.kernels),
        kinds=kinds,
        matrices=len(shapes.matrices),
    )


def _shapes(layers: Sequence[Layer]) -> _Shapes:
    found = convolutions(layers)
    uneven = sum(layer.signature[0] == "conv" and layer.signature[3] != layer.signature[4] for layer in layers)
    kernels = tuple(each for each in found if not each.matrix)
    return _Shapes(kernels, tuple(each for each in found if each.matrix), uneven)
