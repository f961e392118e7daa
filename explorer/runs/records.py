"""The values that the run store returns: frozen, without a row or a connection."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from explorer.jobs.process_identity import Identity
from explorer.language import N_
from explorer.model import ModelSpec
from explorer.runs.events import Event, event_from_dict
from explorer.runs.settings import TrainingSettings


class StateFacts(NamedTuple):
    """What a state of a run means: its label, whether a worker holds the run, and whether the run is over."""

    label: str
    held: bool
    over: bool


STATES: Mapping[str, StateFacts] = {
    "queued": StateFacts(N_("waiting"), held=False, over=False),
    "running": StateFacts(N_("running"), held=True, over=False),
    "pausing": StateFacts(N_("pausing"), held=True, over=False),
    "paused": StateFacts(N_("paused"), held=False, over=False),
    "cancelling": StateFacts(N_("stopping"), held=True, over=False),
    "interrupted": StateFacts(N_("interrupted"), held=False, over=False),
    "cancelled": StateFacts(N_("cancelled"), held=False, over=True),
    "finished": StateFacts(N_("finished"), held=False, over=True),
    "failed": StateFacts(N_("failed"), held=False, over=True),
    "diverged": StateFacts(N_("diverged"), held=False, over=True),
}
"""Every state of a run."""

HOST = "host"
"""The name under which the versions hold the machine's name."""

HELD = tuple(name for name, facts in STATES.items() if facts.held)
"""States in which a worker has the run."""
OVER = tuple(name for name, facts in STATES.items() if facts.over)
"""States that do not change any more."""
ACTIVE = ("queued", *HELD)
"""States in which a page should look again."""

REQUESTS: Mapping[str, Mapping[str, str]] = {
    "cancel": {
        "queued": "cancelled",
        "paused": "cancelled",
        "interrupted": "cancelled",
        "running": "cancelling",
        "pausing": "cancelling",
    },
    "pause": {"queued": "paused", "running": "pausing"},
    "resume": {"paused": "queued", "interrupted": "queued", "failed": "queued", "pausing": "running"},
}
"""What a user may ask of a run: the new state for each request and each state; other states stay as they are."""


@dataclass(frozen=True)
class NamedNetwork:
    """A network for a training comparison, with the name of its curve."""

    label: str
    spec: ModelSpec


@dataclass(frozen=True)
class RunRecord:
    """One network, trained once. Times are seconds since 1970 in UTC; `step` of `steps` are done."""

    id: str
    comparison_id: str
    comparison_name: str
    owner: str
    pool: str
    position: int
    label: str
    spec_json: str
    settings_json: str
    dataset: str
    seed: int
    steps: int
    state: str
    reason: str
    step: int
    seconds: float
    attempts: int
    created: float
    started: float | None
    ended: float | None
    heartbeat: float | None
    requested: float | None
    worker: str | None
    device: str | None
    versions_json: str | None
    result_json: str | None
    deleted: float | None

    @cached_property
    def spec(self) -> ModelSpec:
        """The network as it was chosen, not yet fitted to the data set. Raises SpecError if it is no longer valid."""
        return ModelSpec.from_json(self.spec_json)

    @cached_property
    def settings(self) -> TrainingSettings:
        """How it is trained, the run's own seed included."""
        return TrainingSettings.from_json(self.settings_json)

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """The versions of Python, torch and others that trained it, by name; empty before the start."""
        return {name: version for name, version in self._trained_by.items() if name != HOST}

    @property
    def host(self) -> str:
        """The name of the machine that trains it, or trained it; empty before the start and where nobody noted it."""
        holder = Identity.parse(self.worker or "")
        return holder.host if holder else self._trained_by.get(HOST, "")

    @cached_property
    def _trained_by(self) -> Mapping[str, str]:
        return dict(json.loads(self.versions_json)) if self.versions_json else {}

    @cached_property
    def result(self) -> Event | None:
        """The event that ended the run (`Finished`, `Diverged`, `Failed`), None before."""
        return event_from_dict(json.loads(self.result_json)) if self.result_json else None

    @property
    def was_trained(self) -> bool:
        """Whether it is a training; False for the kept weights of a file."""
        return self.steps > 0

    @property
    def active(self) -> bool:
        """Whether the run can still change without a request."""
        return self.state in ACTIVE

    @property
    def seconds_left(self) -> float | None:
        """Seconds of training left at the speed so far; None where no speed is known yet."""
        if self.state not in HELD or self.step == 0 or self.seconds <= 0:
            return None
        return self.seconds / self.step * (self.steps - self.step)


@dataclass(frozen=True)
class TrainingComparison:
    """Networks that were started together, in their order."""

    id: str
    owner: str
    name: str
    created: float
    runs: tuple[RunRecord, ...]

    @property
    def was_trained(self) -> bool:
        """Whether any of the runs was."""
        return any(run.was_trained for run in self.runs)

    @property
    def active(self) -> bool:
        """Whether any of the runs is."""
        return any(run.active for run in self.runs)


class StoredEvent(NamedTuple):
    """An event of a run; `id` grows with every stored event, so that a reader can ask for later ones."""

    id: int
    run_id: str
    event: Event


class Waiting(NamedTuple):
    """A queued run with what decides its turn; `since` is when it began to wait, in seconds since 1970."""

    run_id: str
    owner: str
    since: float
    position: int


def fair_order(waiting: Iterable[Waiting], running: Mapping[str, int], served: Mapping[str, float]) -> Sequence[str]:
    """The ids of the waiting runs in the order in which workers will take them.

    The next owner is always one with the fewest runs in training (`running`), among those the one whose turn was
    longest ago (`served`, a time). The next run is the one of that owner that has waited longest. So one owner's ten
    runs do not delay another's first.
    """
    lines: dict[str, list[Waiting]] = {}
    for run in sorted(waiting, key=lambda run: (run.since, run.position, run.run_id)):
        lines.setdefault(run.owner, []).append(run)
    load = {owner: running.get(owner, 0) for owner in lines}
    last = {owner: served.get(owner, 0.0) for owner in lines}
    order: list[str] = []
    while lines:
        owner = min(lines, key=lambda name: (load[name], last[name], lines[name][0].since))
        order.append(lines[owner].pop(0).run_id)
        load[owner] += 1
        # Later than every real time, and growing: within the forecast an owner just served goes to the end.
        last[owner] = 1e12 + len(order)
        if not lines[owner]:
            del lines[owner]
    return order
