"""Tables of stems and of the pool that follows them."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.language import N_, sentence
from explorer.model import ops
from explorer.model.errors import SpecError
from explorer.model.variants.attention import ANTIALIASES
from explorer.model.variants.base import Variant
from explorer.model.variants.builder import Builder, Tensor


@dataclass(frozen=True, kw_only=True)
class StemKind(Variant):
    """`convolve(builder, x)` places the convolutions up to, not including, the last norm; `pool` says what follows."""

    convolve: Callable[[Builder, Tensor], Tensor]
    pool: Callable[[Builder, Tensor], Tensor]


@dataclass(frozen=True, kw_only=True)
class StemPool(Variant):
    """`place(builder, x)` halves the resolution."""

    place: Callable[[Builder, Tensor], Tensor]


def _max_pool(builder: Builder, x: Tensor) -> Tensor:
    antialias = ANTIALIASES[builder.spec.antialias]
    if antialias.pool is None:
        return builder.add("maxpool", ops.MaxPool2d(kernel_size=3, stride=2, padding=1), x)
    if antialias.replaces_max_pool:
        return builder.add("maxpool", antialias.pool(x.channels, 2, 1), x)
    dense = builder.add("maxpool.0", ops.MaxPool2d(kernel_size=3, stride=1, padding=1), x)
    return builder.add("maxpool.1", antialias.pool(x.channels, 2, 1), dense)


def _padded_pool(padding: ops.Op) -> Callable[[Builder, Tensor], Tensor]:
    """A max pool without padding of its own behind another padding."""

    def place(builder: Builder, x: Tensor) -> Tensor:
        padded = builder.add("maxpool.0", padding, x)
        return builder.add("maxpool.1", ops.MaxPool2d(kernel_size=3, stride=2), padded)

    return place


def _cut_pool(builder: Builder, x: Tensor) -> Tensor:
    return builder.add("maxpool", ops.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True), x)


def _conv_pool(builder: Builder, x: Tensor) -> Tensor:
    antialias = ANTIALIASES[builder.spec.antialias]
    y = builder.conv("maxpool.0", x, x.channels, 3, stride=2 if antialias.pool is None else 1)
    if antialias.pool is not None:
        y = builder.add("maxpool.1", antialias.pool(y.channels, 2, 1), y)
    position = 1 if antialias.pool is None else 2
    return builder.act(f"maxpool.{position + 1}", builder.norm(f"maxpool.{position}", y))


STEM_POOLS: dict[str, StemPool] = {
    "max": StemPool(
        label=N_("max pool"),
        help=N_("A 3x3 max pool with stride 2."),
        source=N_("He et al. 2015, Table 1"),
        place=_max_pool,
    ),
    "max_zeros": StemPool(
        label=N_("max pool, zeros around"),
        help=N_(
            "A 3x3 max pool with stride 2 over a map with zeros around it. Behind a ReLU it is the max pool; without"
            " one, where values may be below zero, the zeros win at the border. Anti-aliasing does not change it."
        ),
        source=N_("BiT, Kolesnikov et al. 2020 (timm's `resnetv2_..._bit`); keras.applications, ResNet V2"),
        place=_padded_pool(ops.ZeroPad2d(padding=1)),
    ),
    "max_ceil": StemPool(
        label=N_("max pool, last window cut"),
        help=N_(
            "A 3x3 max pool with stride 2 without padding, whose last window the border may cut: Caffe's rule."
            " Anti-aliasing does not change it."
        ),
        source=N_("Hu et al. 2018 in Caffe; timm's `legacy_seresnet...`"),
        place=_cut_pool,
    ),
    "max_same": StemPool(
        label=N_("max pool, SAME"),
        help=N_(
            "A 3x3 max pool with stride 2, padded as TensorFlow does: on an even map 0 before and 1 behind."
            " Anti-aliasing does not change it."
        ),
        source=N_("TF-Slim, `resnet_v1`, `resnet_v2`"),
        place=_padded_pool(ops.SamePad2d(kernel_size=3, stride=2, lowest=True)),
    ),
    "conv": StemPool(
        label=N_("strided convolution"),
        help=N_("A 3x3 convolution with stride 2, norm and activation instead of the max pool."),
        source=N_("ResNet-RS, Bello et al. 2021"),
        place=_conv_pool,
    ),
}


def _pool_as_chosen(builder: Builder, x: Tensor) -> Tensor:
    return STEM_POOLS[builder.spec.stem_pool].place(builder, x)


def _no_pool(builder: Builder, x: Tensor) -> Tensor:
    return x


def _valid_pool(builder: Builder, x: Tensor) -> Tensor:
    return builder.add("maxpool", ops.MaxPool2d(kernel_size=3, stride=2), x)


def _single(kernel_size: int, stride: int) -> Callable[[Builder, Tensor], Tensor]:
    def place(builder: Builder, x: Tensor) -> Tensor:
        spec = builder.spec
        return builder.conv(
            "conv1", x, spec.stem_width, kernel_size, stride=stride, normed=spec.stem_norm, bias=spec.stem_bias
        )

    return place


def _deep(first_width: Callable[[int], int]) -> Callable[[Builder, Tensor], Tensor]:
    """Three 3x3 convolutions: `first_width(w)`, w and 2w channels. Names follow timm's sequential stem."""

    def place(builder: Builder, x: Tensor) -> Tensor:
        width, bias = builder.spec.stem_width, builder.spec.stem_bias
        first = first_width(width)
        if first < 1:
            raise SpecError(
                "stem_width", sentence("a tiered stem needs a width of at least 4, not {width}.", width=width)
            )
        for position, (channels, stride) in enumerate(((first, 2), (width, 1))):
            x = builder.conv(f"conv1.{3 * position}", x, channels, 3, stride=stride, bias=bias)
            x = builder.norm(f"conv1.{3 * position + 1}", x)
            x = builder.act(f"conv1.{3 * position + 2}", x)
        return builder.conv("conv1.6", x, 2 * width, 3, normed=builder.spec.stem_norm, bias=bias)

    return place


STEMS: dict[str, StemKind] = {
    "imagenet": StemKind(
        label=N_("ImageNet: 7x7 stride 2, pool"),
        help=N_("A 7x7 convolution with stride 2 and a pool: a quarter of the resolution before the first block."),
        source=N_("He et al. 2015, Table 1"),
        convolve=_single(7, 2),
        pool=_pool_as_chosen,
        uses=("stem_pool",),
    ),
    "small": StemKind(
        label=N_("small: 3x3, pool"),
        help=N_("One 3x3 convolution at full resolution and a pool, for images of about 64 pixels."),
        source=N_("networks for Tiny ImageNet and faces, whose images are too small for a strided 7x7"),
        convolve=_single(3, 1),
        pool=_pool_as_chosen,
        uses=("stem_pool",),
    ),
    "cifar": StemKind(
        label=N_("CIFAR: 3x3"),
        help=N_("One 3x3 convolution at full resolution, for small images; no pool."),
        source=N_("He et al. 2015, section 4.2"),
        convolve=_single(3, 1),
        pool=_no_pool,
    ),
    "deep": StemKind(
        label=N_("deep: three 3x3, pool"),
        help=N_(
            "Three 3x3 convolutions of w, w and 2w channels replace the 7x7 (w is the stem width; 32 gives 64 out)."
        ),
        source=N_("He T. et al. 2019 (bag of tricks), ResNet-C"),
        convolve=_deep(lambda width: width),
        pool=_pool_as_chosen,
        uses=("stem_pool",),
    ),
    "deep_tiered": StemKind(
        label=N_("deep, tiered: three 3x3, pool"),
        help=N_("Three 3x3 convolutions of 3w/4, w and 2w channels (w is the stem width; 32 gives 24, 32, 64)."),
        source=N_("ResNet-T in timm (Wightman)"),
        convolve=_deep(lambda width: 3 * (width // 4)),
        pool=_pool_as_chosen,
        uses=("stem_pool",),
    ),
    "keras": StemKind(
        label=N_("Keras notes: 7x7 stride 2, unpadded pool"),
        help=N_("As ImageNet's, but the pool has no padding: 64 pixels become 15, not 16."),
        source=N_("the widespread Keras teaching network"),
        convolve=_single(7, 2),
        pool=_valid_pool,
    ),
}


def place_stem(builder: Builder, x: Tensor) -> Tensor:
    """From the image to the first unit's input: convolutions, norm and activation, pool."""
    builder.role = "stem"
    kind = STEMS[builder.spec.stem]
    x = kind.convolve(builder, x)
    if builder.spec.stem_norm:
        x = builder.act("act1", builder.norm("bn1", x))
    return kind.pool(builder, x)
