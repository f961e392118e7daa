"""Tables of what stands between the last unit and the classifier."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.model import ops
from explorer.model.variants.base import Variant
from explorer.model.variants.builder import Builder, Tensor
from explorer.model.variants.orders import Step


@dataclass(frozen=True, kw_only=True)
class HeadPool(Variant):
    """`place(builder, x)` gives one value for each channel."""

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
}
