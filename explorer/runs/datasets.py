"""What is known of each data set before anything is loaded: enough for a page to offer it and for a network to fit it.

The pictures themselves come from `explorer.engine.data`, which has one loader for each name in this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from explorer.model import ModelSpec
from explorer.runs.errors import SettingsError


@dataclass(frozen=True)
class DatasetFacts:
    """A data set as a page describes it: the images' side in pixels, and bytes to download (0: none)."""

    name: str
    label: str
    about: str
    channels: int
    image_size: int
    classes: tuple[str, ...]
    train_images: int
    test_images: int
    mirror: bool
    """Whether an image flipped from left to right still belongs to its class."""
    download_bytes: int = 0


DIGITS = tuple(str(digit) for digit in range(10))
GRATINGS = tuple(f"{degrees}°, {width} lines" for degrees in (0, 36, 72, 108, 144) for width in ("wide", "narrow"))
SHAPES = ("disc", "square", "triangle", "diamond", "star", "ring", "cross", "bar", "crescent", "checker")


def _shapes(level: str, about: str, train_images: int) -> DatasetFacts:
    """The facts of one level of the generated shapes; the levels differ in noise, clutter and number."""
    return DatasetFacts(
        f"shapes_{level}", f"Shapes 32x32, {level}", about, 3, 32, SHAPES, train_images, 500, mirror=True
    )


_ALL = (
    DatasetFacts(
        "digits",
        "Digits 8x8",
        "1,797 handwritten digits that come with scikit-learn: real images, small enough to race in seconds.",
        channels=1,
        image_size=8,
        classes=DIGITS,
        train_images=1437,
        test_images=360,
        mirror=False,
    ),
    DatasetFacts(
        "gratings",
        "Gratings 16x16",
        "Coloured stripes in noise, generated: five orientations at two widths; errors stay above zero.",
        channels=3,
        image_size=16,
        classes=GRATINGS,
        train_images=2000,
        test_images=500,
        mirror=False,
    ),
    _shapes("easy", "Ten coloured shapes on a quiet ground, generated; minutes, not seconds, on two cores.", 2000),
    _shapes("medium", "Ten coloured shapes, turned and noisy, generated; minutes on two cores.", 2000),
    _shapes("hard", "Ten coloured shapes among clutter and strong noise, generated; minutes on two cores.", 4000),
)

DATASETS: Mapping[str, DatasetFacts] = MappingProxyType({facts.name: facts for facts in _ALL})
"""Every data set a run may name; a new one is one entry here and one loader in `explorer.engine.data`."""


def dataset_facts(name: str) -> DatasetFacts:
    """The facts of the data set called `name`; SettingsError where there is none."""
    if name not in DATASETS:
        raise SettingsError("dataset", f"there is no data set called {name!r}; choose from {', '.join(DATASETS)}")
    return DATASETS[name]


def fit_spec(spec: ModelSpec, dataset: str) -> ModelSpec:
    """`spec` with the input channels, image size and number of classes of a data set, and nothing else changed."""
    facts = dataset_facts(dataset)
    return replace(spec, in_channels=facts.channels, image_size=facts.image_size, num_classes=len(facts.classes))
