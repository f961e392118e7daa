"""Tables of what stands between the last unit and the classifier."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.model import ops
from explorer.model.variants.base import Variant
from explorer.model.variants.builder import Builder, Tensor
from explorer.model.variants.orders import Step


@dataclass(frozen=True, kw_only=True)
class HeadPool(Variant):
    """`place(builder, x)` gives the values that are the classifier's inputs: one for each channel, or more."""

    place: Callable[[Builder, Tensor], Tensor]


@dataclass(frozen=True, kw_only=True)
class Closing(Variant):
    """`steps(closing)` keeps of an order's closing steps what is placed after the last unit."""

    steps: Callable[[tuple[Step, ...]], tuple[Step, ...]]


CLOSINGS: dict[str, Closing] = {
    "order": Closing(
        label="as the order says",
        help="Full pre-activation ends with a norm and an activation, for the last sum has passed through neither.",
        source="He et al. 2016, appendix",
        steps=lambda closing: closing,
    ),
    "activation": Closing(
        label="activation only",
        help="The closing norm is left out.",
        source="implementations of pre-activation networks without it",
        steps=lambda closing: tuple(step for step in closing if step != "norm"),
    ),
    "norm": Closing(
        label="norm only",
        help="The closing activation is left out.",
        source="InsightFace's `iresnet`",
        steps=lambda closing: tuple(step for step in closing if step != "act"),
    ),
    "none": Closing(
        label="nothing",
        help="The last sum goes to the pool as it is.",
        source="kuangliu's pytorch-cifar, `PreActResNet`",
        steps=lambda closing: (),
    ),
}


def _average(builder: Builder, x: Tensor) -> Tensor:
    return builder.add("avgpool", ops.AdaptiveAvgPool2d(), x)


def _max(builder: Builder, x: Tensor) -> Tensor:
    return builder.add("topool", ops.AdaptiveMaxPool2d(), x)


def _mean_of_both(builder: Builder, x: Tensor) -> Tensor:
    both = builder.add("bothpool", ops.Add(), _average(builder, x), _max(builder, x))
    return builder.add("halfpool", ops.Scale(0.5), both)


def _side_by_side(builder: Builder, x: Tensor) -> Tensor:
    return builder.add("bothpool", ops.Concatenate(), _max(builder, x), _average(builder, x))


def _max_then_seven(builder: Builder, x: Tensor) -> Tensor:
    """A 2x2 max pool ends VGG's last stage. At 224 px it leaves 7x7 places; other sizes are brought to as many."""
    halved = builder.add("halvepool", ops.MaxPool2d(kernel_size=2, stride=2), x)
    return builder.add("avgpool", ops.AdaptiveAvgPool2d(output_size=7), halved)


def place_hidden(builder: Builder, x: Tensor) -> Tensor:
    """The hidden linear layers between the pool and the last linear layer: each with an activation and dropout."""
    for number, features in enumerate(builder.spec.head_hidden, 1):
        x = builder.add(f"fc{number}", ops.Linear(x.channels, features), x)
        x = builder.act(f"fc{number}_act", x)
        if builder.spec.head_dropout:
            x = builder.add(f"fc{number}_dropout", ops.Dropout(builder.spec.head_dropout), x)
    return x


HEAD_POOLS: dict[str, HeadPool] = {
    "avg": HeadPool(
        label="average", help="The mean of each channel's map.", source="He et al. 2015, Table 1", place=_average
    ),
    "max": HeadPool(label="maximum", help="The largest value of each channel's map.", source="timm", place=_max),
    "avgmax": HeadPool(
        label="mean of average and maximum",
        help="Half the sum of the two pools.",
        source="timm (`avgmax`)",
        place=_mean_of_both,
    ),
    "flatten": HeadPool(
        label="none: the whole map",
        help="Every value of the last map is an input of the classifier, so its weights hold for one image size.",
        source="InsightFace's `iresnet`, Deng et al. 2019 (ArcFace), section 3.1",
        place=lambda builder, x: x,
    ),
    "catmax": HeadPool(
        label="maximum and average side by side",
        help="Both pools, one behind the other: the classifier has twice as many inputs.",
        source="fastai (`AdaptiveConcatPool2d`), Howard & Gugger 2020",
        place=_side_by_side,
    ),
    "max_7x7": HeadPool(
        label="2x2 maximum, then average to 7x7",
        help="A 2x2 max pool, then an average pool to 7x7 places, all of which are inputs of the linear layer: 49 for"
        " each channel. At 224 px the last map has 7x7 places already.",
        source="VGG, Simonyan & Zisserman 2015, section 2.1; the average pool as in torchvision",
        place=_max_then_seven,
    ),
}
