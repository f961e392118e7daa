"""The events of a training run: one frozen value for each kind, and one table from the kind's name to its class.

The same values travel from the loop through the store to a page, and as JSON lines to a terminal. Losses are mean
cross-entropies in nats, errors are in percent, times in seconds of training since the run's first step. `jobs.codec`
does not read and write them: a page reads tens of thousands, and the codec takes 3 to 15 times as long for one.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import ClassVar


@dataclass(frozen=True)
class Event:
    """Something that happened in a run once `step` steps were done."""

    kind: ClassVar[str]
    step: int

    def to_dict(self) -> dict[str, object]:
        """The event as plain values, its kind under `event`; numbers that JSON lacks (NaN, infinity) become null."""
        values = {each.name: _plain(getattr(self, each.name)) for each in fields(self)}
        return {"event": self.kind, **values}

    def to_json(self) -> str:
        """The event as one compact line of strict JSON."""
        return json.dumps(self.to_dict(), separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True)
class Started(Event):
    """The network is on its device and the next step is the first, or goes on after `step` steps."""

    kind: ClassVar[str] = "started"
    device: str
    device_name: str
    precision: str
    steps: int
    batch_size: int
    parameters: int
    train_images: int
    test_images: int
    layers: tuple[str, ...] = ()
    """The weights whose gradients the diagnostics measure, from the input to the output."""
    blocks: tuple[str, ...] = ()
    """The residual blocks whose branches the diagnostics measure, from the input to the output."""
    versions: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    """The name of the machine."""
    pid: int = 0
    """The number of the process there."""
    notes: tuple[str, ...] = ()
    """Sentences about settings that this device could not apply."""


@dataclass(frozen=True)
class Step(Event):
    """The steps up to `step`: `losses` holds each one since the last such event, the means span the last ten."""

    kind: ClassVar[str] = "step"
    train_loss: float
    train_error: float
    learning_rate: float
    seconds: float
    losses: tuple[float, ...] = ()
    peak_memory_bytes: int = 0
    """The most bytes that this run has taken so far, counted as in `Finished`."""


@dataclass(frozen=True)
class Evaluation(Event):
    """The whole test part, with running statistics in place of the batch's."""

    kind: ClassVar[str] = "evaluation"
    test_loss: float
    test_error: float
    seconds: float


@dataclass(frozen=True)
class Diagnostics(Event):
    """Norms of the gradients by layer, and deviation of branch over stream by block, in the order `Started` names."""

    kind: ClassVar[str] = "diagnostics"
    gradient_norms: tuple[float, ...]
    branch_ratios: tuple[float, ...] = ()


@dataclass(frozen=True)
class Finished(Event):
    """All steps are done. `train_loss` and `train_error` are means over the last ten steps."""

    kind: ClassVar[str] = "finished"
    train_loss: float
    test_error: float
    seconds: float
    test_loss: float
    train_error: float
    images_per_second: float
    peak_memory_bytes: int = 0
    """Of the device where it counts them (CUDA), of the process otherwise."""


@dataclass(frozen=True)
class Diverged(Event):
    """The loss of step number `step` (the first is 1) is not a number or too large; the run cannot recover."""

    kind: ClassVar[str] = "diverged"
    reason: str
    seconds: float


@dataclass(frozen=True)
class Failed(Event):
    """The run broke; `reason` is a sentence for the user, `field` the setting to change, if any."""

    kind: ClassVar[str] = "failed"
    reason: str
    field: str = ""


@dataclass(frozen=True)
class Cancelled(Event):
    """A user stopped the run; it cannot go on."""

    kind: ClassVar[str] = "cancelled"


@dataclass(frozen=True)
class Paused(Event):
    """The run is paused with a checkpoint at `step` and can go on from there."""

    kind: ClassVar[str] = "paused"


@dataclass(frozen=True)
class Interrupted(Event):
    """The run's worker ended (`reason` says how); the run goes on from its last checkpoint when resumed."""

    kind: ClassVar[str] = "interrupted"
    reason: str


EVENT_KINDS: Mapping[str, type[Event]] = MappingProxyType({each.kind: each for each in Event.__subclasses__()})


def event_from_dict(values: Mapping[str, object]) -> Event:
    """The event that `to_dict` wrote; null numbers come back as NaN, unknown names are left out.

    Raises ValueError for an unknown kind or a missing value.
    """
    kind = EVENT_KINDS.get(str(values.get("event")))
    if kind is None:
        raise ValueError(f"there is no event called {values.get('event')!r}")
    arguments = {each.name: _revived(values[each.name], each.type) for each in fields(kind) if each.name in values}
    try:
        return kind(**arguments)  # type: ignore[arg-type]
    except TypeError as error:
        raise ValueError(f"this {kind.kind} event is incomplete: {error}") from None


def _plain(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _revived(value: object, declared: object) -> object:
    if isinstance(value, list):
        return tuple(math.nan if each is None else each for each in value)
    return math.nan if value is None and declared is float else value
