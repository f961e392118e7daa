"""How a network is trained: one frozen, validated value, and the bounds that pages and links use."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from explorer.datasets.catalogue import DATASETS, is_dataset
from explorer.jobs.errors import SettingsError
from explorer.language import N_, sentence
from explorer.model.errors import FieldError
from explorer.model.field_types import Choice, Real, Whole
from explorer.runs.start import FROZEN, TEXTS


class Schedule(NamedTuple):
    """A course of the learning rate: `factor(progress)` scales it, with progress running from 0 to 1 after warm-up."""

    label: str
    about: str
    factor: Callable[[float], float]
    warm_up: "ErrorWarmUp | None" = None


class ErrorWarmUp(NamedTuple):
    """A constant share of the rate until the training error, the mean of the last ten steps, is under a bound.

    Until it is, that is looked at every ten steps. `below` is in percent.
    """

    share: float
    below: float


def _steps_of_ten(progress: float) -> float:
    """He 2015, section 4.2: divided by ten at 32,000 and at 48,000 of 64,000 iterations."""
    return 0.01 if progress >= 0.75 else 0.1 if progress >= 0.5 else 1.0


SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        "constant": Schedule(N_("Constant"), N_("the same rate from the first step to the last"), lambda progress: 1.0),
        "step": Schedule(
            N_("Step"), N_("a tenth after half of the run, a hundredth after three quarters"), _steps_of_ten
        ),
        "he2015": Schedule(
            N_("He 2015, with its warm-up"),
            N_(
                "a tenth of the rate until the training error is under 80 %, then the rate itself; a tenth of it after"
                " half of the run, a hundredth after three quarters. Section 4.2 for 110 layers: rate 0.1, 64,000"
                " steps, so 0.01 first, and drops at 32,000 and 48,000"
            ),
            _steps_of_ten,
            ErrorWarmUp(0.1, 80.0),
        ),
        "cosine": Schedule(
            N_("Cosine"), N_("half a cosine, down to zero"), lambda p: 0.5 * (1 + math.cos(math.pi * p))
        ),
        "linear": Schedule(N_("Linear"), N_("a straight line down to zero"), lambda progress: 1.0 - progress),
    }
)


class OptimiserFacts(NamedTuple):
    """An optimiser, what it does, and the name by which `analysis.memory` knows its state."""

    label: str
    about: str
    memory: str


OPTIMISERS: Mapping[str, OptimiserFacts] = MappingProxyType(
    {
        "sgd": OptimiserFacts(N_("SGD with momentum"), N_("that of He 2015; a usual rate here is 0.02"), "momentum"),
        "adam": OptimiserFacts(
            "Adam", N_("each weight has a rate of its own; momentum is its beta1; a usual rate here is 0.002"), "adam"
        ),
        "muon": OptimiserFacts(
            "Muon",
            N_(
                "the update of each convolution of a block, as a matrix, is made orthogonal (Jordan 2024); AdamW for"
                " the rest, the stem and the classifier; a usual rate here is 0.002"
            ),
            "adam",
        ),
    }
)


class Number(NamedTuple):
    """A setting that is a number: its kind and bounds, and what it means."""

    kind: Whole | Real
    about: str


NUMBERS: Mapping[str, Number] = MappingProxyType(
    {
        "steps": Number(Whole(1, 200_000), N_("batches shown; He 2015 shows 64,000")),
        "batch_size": Number(Whole(1, 1024), N_("images in a batch")),
        "learning_rate": Number(Real(1e-6, 100.0), N_("the rate before the schedule scales it")),
        "momentum": Number(Real(0.0, 0.999), N_("share of the last update that is kept")),
        "weight_decay": Number(Real(0.0, 1.0), N_("pull of every weight towards zero")),
        "warmup_steps": Number(Whole(0, 20_000), N_("steps in which the rate climbs to its value")),
        "seed": Number(Whole(0, 2**31 - 1), N_("fixes the initial weights and the order of the data")),
        "evaluate_every": Number(
            Whole(0, 200_000), N_("steps between two looks at the test images; 0: only at the end")
        ),
        "diagnose_every": Number(Whole(0, 200_000), N_("steps between two readings of the gradients; 0: none")),
    }
)

CHOICES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "dataset": {name: facts.label for name, facts in DATASETS.items()},
        "schedule": {name: schedule.label for name, schedule in SCHEDULES.items()},
        "optimiser": {name: facts.label for name, facts in OPTIMISERS.items()},
        "device": {"auto": N_("the fastest there is"), "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"},
        "precision": {"auto": N_("bf16 on a GPU that has it, else fp32"), "fp32": "fp32", "bf16": "bf16 autocast"},
        "augmentation": {
            "none": N_("images as they are"),
            "crop": N_("shifted by up to an eighth of the side"),
            "flip": N_("half of the images mirrored"),
            "crop_flip": N_("shifted and mirrored, as in He 2015, section 4.2"),
        },
        "frozen": {name: each.label for name, each in FROZEN.items()},
    }
)

LATER = ("start_from", "frozen", "normalisation")
"""Settings that runs of older versions do not have: left out at their defaults, so that stored keys stay the same."""


@dataclass(frozen=True)
class TrainingSettings:
    """Everything about a run except the network. The defaults are a short comparison, which takes seconds.

    Raises SettingsError, naming the field, for a value out of its bounds.
    """

    dataset: str = "digits"
    steps: int = 200
    batch_size: int = 64
    learning_rate: float = 0.02
    momentum: float = 0.9
    weight_decay: float = 1e-4
    schedule: str = "constant"
    warmup_steps: int = 0
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"
    augmentation: str = "none"
    optimiser: str = "sgd"
    evaluate_every: int = 50
    diagnose_every: int = 10
    start_from: str = ""
    frozen: str = "none"
    normalisation: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, _checked(field.name, getattr(self, field.name)))
        if self.warmup_steps > self.steps:
            told = sentence("{warm_up:,} is more than the {steps:,} steps", warm_up=self.warmup_steps, steps=self.steps)
            raise SettingsError("warmup_steps", told)
        if self.warmup_steps and self.warms_by_error:
            label = sentence(SCHEDULES[self.schedule].label)
            told = sentence("the schedule {label} warms up by the training error; choose 0 steps", label=label)
            raise SettingsError("warmup_steps", told)
        # A user's own images may be mirrored.
        if "flip" in self.augmentation and self.dataset in DATASETS and not DATASETS[self.dataset].mirror:
            label = sentence(DATASETS[self.dataset].label)
            told = sentence("{dataset}: an image seen in a mirror changes its class; use crop", dataset=label)
            raise SettingsError("augmentation", told)
        if self.frozen != "none" and not self.start_from:
            raise SettingsError(
                "frozen", sentence("random weights would stay as they are; choose the weights to start from")
            )

    @property
    def warms_by_error(self) -> bool:
        """Whether the training error ends the warm-up, so that a rate is known in training only."""
        return SCHEDULES[self.schedule].warm_up is not None

    def warm_at(self, training_error: float) -> bool:
        """Whether a training error in percent, the mean over the last ten steps, ends the warm-up."""
        warm_up = SCHEDULES[self.schedule].warm_up
        return warm_up is None or training_error < warm_up.below

    def rate(self, step: int, *, warm: bool = True) -> float:
        """The learning rate of step number `step`, the first being 0.

        During the first `warmup_steps` it grows linearly to its base; the schedule applies to the remaining steps. A
        schedule that warms up by the error has its share of the rate until training is `warm`.
        """
        warm_up = SCHEDULES[self.schedule].warm_up
        if warm_up is not None and not warm:
            return self.learning_rate * warm_up.share
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        progress = (step - self.warmup_steps) / max(1, self.steps - self.warmup_steps)
        return self.learning_rate * SCHEDULES[self.schedule].factor(progress)

    def to_dict(self) -> dict[str, object]:
        """The settings as plain values, in the order of the fields; those of `LATER` where they are not the usual."""
        return {name: each for name, each in asdict(self).items() if name not in LATER or each != getattr(USUAL, name)}

    def from_usual_start(self) -> "TrainingSettings":
        """The same training from the network's usual random weights, all of them trained."""
        return replace(self, start_from="", frozen="none")

    def to_json(self) -> str:
        """The settings as compact JSON."""
        return json.dumps(self.to_dict(), separators=(",", ":"))

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> "TrainingSettings":
        """Settings from plain values, or their defaults. Raises SettingsError, also for an unknown name."""
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                names = ", ".join(sorted(known))
                raise SettingsError(str(name), sentence("there is no such setting; there are {names}", names=names))
        return cls(**values)  # type: ignore[arg-type]  # __post_init__ checks each value

    @classmethod
    def from_json(cls, text: str) -> "TrainingSettings":
        """Settings from JSON. Raises SettingsError where it is not an object of known names and bounded values."""
        try:
            values = json.loads(text)
        except ValueError as error:
            raise SettingsError("settings", sentence("this is not JSON: {error}", error=str(error))) from None
        if not isinstance(values, dict):
            raise SettingsError("settings", sentence("a JSON object of names and values is expected"))
        return cls.from_dict(values)


def _checked(name: str, value: object) -> Any:
    """`value` as the field's own type. Raises SettingsError. 200.0 is a whole number: JSON has one type of number."""
    if name == "dataset" and is_dataset(value):
        return value  # a known data set's, or a user's own
    if name in TEXTS:
        return TEXTS[name].check(name, value)
    kind = NUMBERS[name].kind if name in NUMBERS else Choice(CHOICES[name])
    if isinstance(kind, Whole) and isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return kind.check(name, value)
    except FieldError as error:
        raise SettingsError.of(error) from None


USUAL = TrainingSettings()
