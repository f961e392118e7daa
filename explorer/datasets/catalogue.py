"""What is known of each data set before anything is loaded: enough for a page to offer it and for a network to fit it.

`explorer.engine.data` loads the images. A visitor's own data set is named after its content; its facts are in its
file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from explorer.datasets.array_file import DataFileError, local_dataset, read_facts
from explorer.jobs.errors import SettingsError, StoreError
from explorer.language import N_, _, sentence
from explorer.model import ModelSpec

MIB = 2**20
OWN = re.compile(r"own_[0-9a-f]{32}")
"""The name of a user's own data set: the beginning of its content's SHA-256."""


@dataclass(frozen=True)
class DatasetFacts:
    """A data set as a page describes it. `download_bytes` is 0 where nothing is downloaded."""

    name: str
    label: str
    about: str
    channels: int
    image_size: int
    """Side in pixels."""
    classes: tuple[str, ...]
    train_images: int
    test_images: int
    mirror: bool
    """Whether an image flipped from left to right still belongs to its class."""
    download_bytes: int = 0
    source: str = ""
    """The server that a download comes from."""
    training: Mapping[str, str | int] = field(default_factory=dict)
    """Settings that suit this data set better than the usual ones."""

    @property
    def shape(self) -> str:
        """Resolution and colours in words."""
        text = _("{side}×{side} pixels, colour") if self.channels == 3 else _("{side}×{side} pixels, grey")
        return text.format(side=self.image_size)

    @property
    def pixel_bytes(self) -> int:
        """Bytes of all images, one byte for each channel of a pixel."""
        return (self.train_images + self.test_images) * self.channels * self.image_size**2

    @property
    def download(self) -> str:
        """The size of the download in words."""
        return f"{self.download_bytes / MIB:,.1f} MiB"


DIGITS = tuple(str(digit) for digit in range(10))
GRATINGS = tuple(f"{degrees}°, {width} lines" for degrees in (0, 36, 72, 108, 144) for width in ("wide", "narrow"))
SHAPES = ("disc", "square", "triangle", "diamond", "star", "ring", "cross", "bar", "crescent", "checker")
FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR100 = tuple(
    """apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
    caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
    flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree
    motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate
    poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider
    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
    wardrobe whale willow_tree wolf woman worm""".split()  # noqa: SIM905  (a hundred quotes more say nothing more)
)
AS_HE_2015: Mapping[str, str | int] = MappingProxyType({"augmentation": "crop_flip", "evaluate_every": 500})
"""Shifted and mirrored as in He 2015, section 4.2; 10,000 test images take as long as 100 steps."""


def _shapes(level: str, label: str, about: str, train_images: int) -> DatasetFacts:
    """The facts of one level of the generated shapes; the levels differ in noise, clutter and number."""
    return DatasetFacts(f"shapes_{level}", label, about, 3, 32, SHAPES, train_images, 500, mirror=True)


def _cifar(classes: tuple[str, ...], about: str, size: int) -> DatasetFacts:
    """The facts of CIFAR with that many classes; the download's `size` is that of its archive."""
    count = len(classes)
    return DatasetFacts(
        f"cifar{count}",
        f"CIFAR-{count}",
        about,
        channels=3,
        image_size=32,
        classes=classes,
        train_images=50_000,
        test_images=10_000,
        mirror=True,
        download_bytes=size,
        source="www.cs.toronto.edu",
        training=AS_HE_2015,
    )


_ALL = (
    DatasetFacts(
        "digits",
        N_("Digits 8x8"),
        N_("1,797 handwritten digits that come with scikit-learn: real images, small enough to train on in seconds."),
        channels=1,
        image_size=8,
        classes=DIGITS,
        train_images=1437,
        test_images=360,
        mirror=False,
    ),
    DatasetFacts(
        "gratings",
        N_("Gratings 16x16"),
        N_("Coloured stripes in noise, generated: five orientations at two widths; errors stay above zero."),
        channels=3,
        image_size=16,
        classes=GRATINGS,
        train_images=2000,
        test_images=500,
        mirror=False,
    ),
    _shapes(
        "easy",
        N_("Shapes 32x32, easy"),
        N_("Ten coloured shapes on a quiet ground, generated; minutes, not seconds, on two cores."),
        2000,
    ),
    _shapes(
        "medium",
        N_("Shapes 32x32, medium"),
        N_("Ten coloured shapes, turned and noisy, generated; minutes on two cores."),
        2000,
    ),
    _shapes(
        "hard",
        N_("Shapes 32x32, hard"),
        N_("Ten coloured shapes among clutter and strong noise, generated; minutes on two cores."),
        4000,
    ),
    DatasetFacts(
        "fashion_mnist",
        "Fashion-MNIST",
        N_("Xiao et al. 2017: grey pictures of clothes in ten kinds; a download, once."),
        channels=1,
        image_size=28,
        classes=FASHION,
        train_images=60_000,
        test_images=10_000,
        mirror=True,
        download_bytes=30_878_645,
        source="fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        training=AS_HE_2015,
    ),
    _cifar(
        CIFAR10,
        N_("Krizhevsky 2009: small photographs of 10 kinds of things, the papers' own data; a download, once."),
        170_498_071,
    ),
    _cifar(
        CIFAR100,
        N_("Krizhevsky 2009: small photographs of 100 kinds of things, the papers' own data; a download, once."),
        169_001_437,
    ),
)

DATASETS: Mapping[str, DatasetFacts] = MappingProxyType({facts.name: facts for facts in _ALL})
"""Every data set with a name of its own; a new one is one entry here and one way to it in `explorer.engine.data`."""

NOT_HERE = N_("a user's own data set, kept on the machine that it was read on, and not on this one (any more)")
LABEL_NOT_HERE = N_("own images, not here")
NO_DATASET = ""
"""The data set of a run that keeps a file's weights for whose classes there are no images here."""
LABEL_NONE = N_("no images here")


def is_dataset(name: object) -> bool:
    """Whether a run may name this data set, whether it is on this machine or not."""
    return isinstance(name, str) and (name in DATASETS or OWN.fullmatch(name) is not None)


def dataset_facts(name: str) -> DatasetFacts:
    """The facts of the data set `name`. Raises SettingsError where there is none, or an own one is not here."""
    if name in DATASETS:
        return DATASETS[name]
    if not is_dataset(name):
        known = ", ".join(DATASETS)
        told = sentence("there is no data set called {name}; choose from {known}", name=repr(name), known=known)
        raise SettingsError("dataset", told)
    try:
        known = read_facts(local_dataset(name))["dataset"]
    except (OSError, DataFileError, StoreError):
        raise SettingsError("dataset", sentence("this is {what}", what=sentence(NOT_HERE))) from None
    training = MappingProxyType({"augmentation": "crop"})
    return DatasetFacts(**{**known, "name": name, "classes": tuple(known["classes"]), "training": training})


def dataset_label(name: str) -> str:
    """The data set's name for a reader; never raises."""
    if name == NO_DATASET:
        return _(LABEL_NONE)
    try:
        return _(dataset_facts(name).label)
    except SettingsError:
        return _(LABEL_NOT_HERE) if is_dataset(name) else name


def with_defaults_of_dataset(values: Mapping[str, object]) -> dict[str, object]:
    """The given settings, and for those not given what suits the data set that they name."""
    name = values.get("dataset")
    try:
        suited = dataset_facts(name).training if isinstance(name, str) else {}
    except SettingsError:
        suited = {}
    return {**suited, **values}


def fit_spec(spec: ModelSpec, dataset: str) -> ModelSpec:
    """`spec` with the input channels, image size and number of classes of a data set, and nothing else changed.

    Without a data set it is unchanged.
    """
    if dataset == NO_DATASET:
        return spec
    facts = dataset_facts(dataset)
    side, classes = facts.image_size, len(facts.classes)
    return replace(spec, in_channels=facts.channels, image_size=side, image_width=None, num_classes=classes)
