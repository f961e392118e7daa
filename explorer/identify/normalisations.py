"""Normalisations of images in public use, each with its source."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

Values = tuple[float, ...]


class Known(NamedTuple):
    """Mean and deviation of each channel, of pixels from 0 to 1."""

    mean: Values
    std: Values
    source: str
    order: str = "RGB"
    """Of the colours: mean and deviation are in it, and the network expects the images in it."""


NORMALISATIONS: Mapping[str, Known] = MappingProxyType(
    {
        "imagenet": Known((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), "pytorch/vision, every weight's transforms"),
        "cifar10": Known((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616), "over all pixels of the training part"),
        "cifar10_by_image": Known(
            (0.4914, 0.4822, 0.4465),
            (0.2023, 0.1994, 0.2010),
            "kuangliu/pytorch-cifar; its deviations are means over those of the single images",
        ),
        "cifar100": Known((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762), "weiaicunzai/pytorch-cifar100"),
        "cifar100_by_image": Known((0.5071, 0.4865, 0.4409), (0.2009, 0.1984, 0.2023), "as CIFAR-10's, by image"),
        "svhn": Known((0.4377, 0.4438, 0.4728), (0.1980, 0.2010, 0.1970), "in wide use for the training part"),
        "stl10": Known((0.4467, 0.4398, 0.4066), (0.2603, 0.2566, 0.2713), "in wide use for the training part"),
        "mnist": Known((0.1307,), (0.3081,), "pytorch/examples, mnist"),
        "fashion_mnist": Known((0.2860,), (0.3530,), "over all pixels of the training part"),
        "half": Known((0.5,), (0.5,), "pixels from -1 to 1; Keras' and TensorFlow's"),
        "none": Known((0.0,), (1.0,), "pixels from 0 to 1"),
        "caffe": Known(
            (103.939 / 255, 116.779 / 255, 123.68 / 255),
            (1 / 255,) * 3,
            "KaimingHe/deep-residual-networks, and Keras' ResNet-50 to ResNet-152: bytes less their mean",
            "BGR",
        ),
        "bytes": Known((0.0,), (1 / 255,), "pixels from 0 to 255"),
    }
)


def known_normalisations(channels: int) -> Mapping[str, Known]:
    """Those for images of so many channels.

    One value holds for every channel of colour images too where it is no data set's; of colours' values for one
    channel, the mean. Other orders than RGB are for colour images alone.
    """
    found = {}
    for name, each in NORMALISATIONS.items():
        if each.order != "RGB" and len(each.mean) != channels:
            continue
        if len(each.mean) == channels:
            found[name] = each
        elif len(each.mean) == 1 and name in ("half", "none", "bytes"):
            found[name] = each._replace(mean=each.mean * channels, std=each.std * channels)
        elif len(each.mean) > 1:
            mean, std = ((sum(values) / len(values),) * channels for values in (each.mean, each.std))
            found[name] = each._replace(mean=mean, std=std)
    return found
