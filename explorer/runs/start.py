"""From where a training starts: the weights of another run, what of them is frozen, and how images are normalised."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from explorer.identify.normalisations import NORMALISATIONS as KNOWN
from explorer.jobs.errors import SettingsError

RUN_ID = re.compile(r"[0-9a-f]{32}")
Values = tuple[float, ...]


class Frozen(NamedTuple):
    """A part of a network that keeps the weights it starts from.

    `stages` counts the stem and the stages behind it; None: all of them, so that the head alone is trained.
    """

    label: str
    about: str
    stages: int | None


def _up_to(stage: int) -> Frozen:
    return Frozen(
        f"Up to stage {stage}", f"the stem and {'stage 1' if stage == 1 else f'stages 1 to {stage}'}", stage + 1
    )


FROZEN: Mapping[str, Frozen] = MappingProxyType(
    {
        "none": Frozen("Nothing", "every parameter is trained", 0),
        "stem": Frozen("The stem", "what comes before the first stage", 1),
        **{f"stage{stage}": _up_to(stage) for stage in range(1, 5)},
        "all_but_head": Frozen("All but the head", "what comes before the head; the head alone is trained", None),
    }
)
"""What stays as it was: parameters, and running mean and variance of norms, which normalise as in evaluation."""


class Normalisation(NamedTuple):
    """Mean and standard deviation of each channel, of pixels from 0 to 1, by which images are normalised."""

    mean: Values
    deviation: Values

    def of_channels(self, channels: int) -> "Normalisation":
        """For images of so many channels: one value serves all, grey images take the mean. Raises SettingsError."""
        if len(self.mean) == channels:
            return self
        if len(self.mean) == 1:
            return Normalisation(self.mean * channels, self.deviation * channels)
        if channels == 1:
            return Normalisation(*((sum(each) / len(each),) for each in self))
        raise SettingsError("normalisation", f"{len(self.mean)} values are given for images of {channels} channels")


LOWEST, HIGHEST, LEAST_DEVIATION = -10.0, 10.0, 1e-4


def write_normalisation(mean: Values, deviation: Values) -> str:
    """The text of a setting: `0.485,0.456,0.406/0.229,0.224,0.225`."""
    return "/".join(",".join(f"{value:.6g}" for value in values) for values in (mean, deviation))


def read_normalisation(text: str) -> Normalisation | None:
    """The normalisation of a text; None for an empty one: the data set's own. Raises SettingsError."""
    if not text:
        return None
    try:
        mean, deviation = (tuple(float(each) for each in part.split(",")) for part in text.split("/"))
    except ValueError:
        raise SettingsError("normalisation", f"{text[:40]!r} is not {NORMALISATION_FORM}") from None
    fits = len(mean) == len(deviation) <= 16 and all(LOWEST <= each <= HIGHEST for each in mean)
    if not fits or not all(LEAST_DEVIATION <= each <= HIGHEST for each in deviation):
        raise SettingsError("normalisation", f"{text[:40]!r} is not {NORMALISATION_FORM}")
    return Normalisation(mean, deviation)


NORMALISATION_FORM = (
    f"means from {LOWEST:g} to {HIGHEST:g} and as many deviations from {LEAST_DEVIATION:g} to {HIGHEST:g}, such as"
    " 0.485,0.456,0.406/0.229,0.224,0.225"
)
NORMALISATIONS: Mapping[str, str] = MappingProxyType(
    {
        "": "The data set's own",
        **{
            write_normalisation(*KNOWN[name][:2]): label
            for name, label in (
                ("imagenet", "ImageNet's"),
                ("cifar10", "CIFAR-10's"),
                ("half", "Pixels from -1 to 1"),
                ("none", "Pixels from 0 to 1"),
            )
        },
    }
)
"""The normalisations that are offered; any other may be named."""


class TextSetting(NamedTuple):
    """A setting that is a text: raises SettingsError where `read` refuses it. `what` says which texts there are."""

    read: Callable[[str], object]
    what: str
    about: str

    def check(self, name: str, value: object) -> str:
        """The text itself."""
        if not isinstance(value, str):
            raise SettingsError(name, f"{str(value)[:40]} is not {self.what}")
        self.read(value)
        return value

    def fits(self, text: str) -> bool:
        """Whether it is such a text."""
        try:
            self.read(text)
        except SettingsError:
            return False
        return True


def _read_run_id(text: str) -> str:
    if text and not RUN_ID.fullmatch(text):
        raise SettingsError("start_from", f"{text[:40]!r} is not the id of a run, which has 32 hexadecimal digits")
    return text


TEXTS: Mapping[str, TextSetting] = MappingProxyType(
    {
        "start_from": TextSetting(
            _read_run_id,
            "the id of a finished run, or nothing",
            "the finished run, or the kept file, whose weights training starts from; nothing: random weights",
        ),
        "normalisation": TextSetting(
            read_normalisation,
            f"{NORMALISATION_FORM}; nothing: by the data set's own",
            "mean and deviation of each channel that are taken from the images, of pixels from 0 to 1",
        ),
    }
)
