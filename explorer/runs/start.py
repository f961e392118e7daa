"""From where a training starts: the weights of another run, what of them is frozen, and how images are normalised."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from explorer.identify.normalisations import NORMALISATIONS as KNOWN
from explorer.jobs.errors import SettingsError
from explorer.language import N_, sentence

RUN_ID = re.compile(r"[0-9a-f]{32}")
Values = tuple[float, ...]


class Frozen(NamedTuple):
    """A part of a network that keeps the weights it starts from.

    `stages` counts the stem and the stages behind it; None: all of them, so that the head alone is trained.
    """

    label: str
    about: str
    stages: int | None


FROZEN: Mapping[str, Frozen] = MappingProxyType(
    {
        "none": Frozen(N_("Nothing"), N_("every parameter is trained"), 0),
        "stem": Frozen(N_("The stem"), N_("what comes before the first stage"), 1),
        "stage1": Frozen(N_("Up to stage 1"), N_("the stem and stage 1"), 2),
        "stage2": Frozen(N_("Up to stage 2"), N_("the stem and stages 1 to 2"), 3),
        "stage3": Frozen(N_("Up to stage 3"), N_("the stem and stages 1 to 3"), 4),
        "stage4": Frozen(N_("Up to stage 4"), N_("the stem and stages 1 to 4"), 5),
        "all_but_head": Frozen(
            N_("All but the head"), N_("what comes before the head; the head alone is trained"), None
        ),
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
        raise SettingsError(
            "normalisation",
            sentence(
                "{count} values are given for images of {channels} channels", count=len(self.mean), channels=channels
            ),
        )


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
        raise _is_not("normalisation", repr(text[:40]), NORMALISATION_FORM) from None
    fits = len(mean) == len(deviation) <= 16 and all(LOWEST <= each <= HIGHEST for each in mean)
    if not fits or not all(LEAST_DEVIATION <= each <= HIGHEST for each in deviation):
        raise _is_not("normalisation", repr(text[:40]), NORMALISATION_FORM)
    return Normalisation(mean, deviation)


def _is_not(field: str, text: str, what: str) -> SettingsError:
    return SettingsError(field, sentence("{text} is not {what}", text=text, what=sentence(what)))


NORMALISATION_FORM = N_(
    "means from -10 to 10 and as many deviations from 0.0001 to 10, such as 0.485,0.456,0.406/0.229,0.224,0.225"
)
NORMALISATIONS: Mapping[str, str] = MappingProxyType(
    {
        "": N_("The data set's own"),
        **{
            write_normalisation(*KNOWN[name][:2]): label
            for name, label in (
                ("imagenet", N_("ImageNet's")),
                ("cifar10", N_("CIFAR-10's")),
                ("half", N_("Pixels from -1 to 1")),
                ("none", N_("Pixels from 0 to 1")),
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
            raise _is_not(name, str(value)[:40], self.what)
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
        told = sentence("{text} is not the id of a run, which has 32 hexadecimal digits", text=repr(text[:40]))
        raise SettingsError("start_from", told)
    return text


TEXTS: Mapping[str, TextSetting] = MappingProxyType(
    {
        "start_from": TextSetting(
            _read_run_id,
            N_("the id of a finished run, or nothing"),
            N_("the finished run, or the kept file, whose weights training starts from; nothing: random weights"),
        ),
        "normalisation": TextSetting(
            read_normalisation,
            N_(
                "means from -10 to 10 and as many deviations from 0.0001 to 10, such as"
                " 0.485,0.456,0.406/0.229,0.224,0.225; nothing: by the data set's own"
            ),
            N_("mean and deviation of each channel that are taken from the images, of pixels from 0 to 1"),
        ),
    }
)
