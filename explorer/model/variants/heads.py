"""Tables of what stands between the last unit and the classifier."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.language import N_
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
        label=N_("as the order says"),
        help=N_("Full pre-activation ends with a norm and an activation, for the last sum has passed through neither."),
        source=N_("He et al. 2016, appendix"),
        steps=lambda closing: closing,
    ),
    "activation": Closing(
        label=N_("activation only"),
        help=N_("The closing norm is left out."),
        source=N_("implementations of pre-activation networks without it"),
        steps=lambda closing: tuple(step for step in closing if step != "norm"),
    ),
    "norm": Closing(
        label=N_("norm only"),
        help=N_("The closing activation is left out."),
        source=N_("InsightFace's `iresnet`"),
        steps=lambda closing: tuple(step for step in closing if step != "act"),
    ),
    "none": Closing(
        label=N_("nothing"),
        help=N_("The last sum goes to the pool as it is."),
        source=N_("kuangliu's pytorch-cifar, `PreActResNet`"),
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
        label=N_("average"),
        help=N_("The mean of each channel's map."),
        source=N_("He et al. 2015, Table 1"),
        place=_average,
    ),
    "max": HeadPool(
        label=N_("maximum"), help=N_("The largest value of each channel's map."), source=N_("timm"), place=_max
    ),
    "avgmax": HeadPool(
        label=N_("mean of average and maximum"),
        help=N_("Half the sum of the two pools."),
        source=N_("timm (`avgmax`)"),
        place=_mean_of_both,
    ),
    "flatten": HeadPool(
        label=N_("none: the whole map"),
        help=N_("Every value of the last map is an input of the classifier, so its weights hold for one image size."),
        source=N_("InsightFace's `iresnet`, Deng et al. 2019 (ArcFace), section 3.1"),
        place=lambda builder, x: x,
    ),
    "catmax": HeadPool(
        label=N_("maximum and average side by side"),
        help=N_("Both pools, one behind the other: the classifier has twice as many inputs."),
        source=N_("fastai (`AdaptiveConcatPool2d`), Howard & Gugger 2020"),
        place=_side_by_side,
    ),
    "max_7x7": HeadPool(
        label=N_("2x2 maximum, then average to 7x7"),
        help=N_(
            "A 2x2 max pool, then an average pool to 7x7 places, all of which are inputs of the linear layer: 49 for"
            " each channel. At 224 px the last map has 7x7 places already."
        ),
        source=N_("VGG, Simonyan & Zisserman 2015, section 2.1; the average pool as in torchvision"),
        place=_max_then_seven,
    ),
}
