"""What is known of shared runs and of the runs that seats have started in them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from explorer.classes.errors import ClassError
from explorer.language import N_, counted, sentence
from explorer.language.messages import Sentence
from explorer.runs.records import OVER, RunRecord
from explorer.shared_runs.bounds import LEFT_AFTER_SECONDS, MOST_STARTED, UNSTARTED_SECONDS
from explorer.shared_runs.plan import Plan

STOPPED_BY_TEACHER, STOPPED_BY_SEAT, LEFT, CLASS_OVER, LOST = "teacher", "seat", "left", "over", "lost"
REASONS: Mapping[str, str] = {
    STOPPED_BY_TEACHER: N_("stopped by the teacher"),
    STOPPED_BY_SEAT: N_("stopped by the seat itself"),
    LEFT: N_("ended, since the browser of the seat has shown no page for {minutes} minutes"),
    CLASS_OVER: N_("ended with the class"),
    LOST: N_("could not be queued"),
}
"""Why a seat's run was stopped before its end."""


def why(stopped: str) -> Sentence:
    """Why a seat's run was stopped, by the key of REASONS."""
    return sentence(REASONS[stopped], minutes=round(LEFT_AFTER_SECONDS / 60))


@dataclass(frozen=True)
class SharedRun:
    """A training that the seats of a class share. Times are seconds since 1970; `closed`: no seat can start a run."""

    id: str
    class_id: str
    position: int
    created: float
    closed: float | None
    plan_json: str

    @cached_property
    def plan(self) -> Plan:
        """What is trained. Raises ValueError where this version cannot read it."""
        return Plan.from_json(self.plan_json)

    @property
    def is_open(self) -> bool:
        """Whether seats may start runs."""
        return self.closed is None


@dataclass(frozen=True)
class SeatRun:
    """What one seat has started: all networks of the plan with one number, as one training comparison."""

    id: int
    shared_id: str
    seat_id: int
    number: int
    comparison_id: str
    started: float
    stopped: str = ""
    """A key of REASONS; empty where nobody stopped it."""

    def is_over(self, runs: Sequence[RunRecord], now: float) -> bool:
        """Whether nothing of it trains or waits any more, given its runs."""
        if self.stopped:
            return True
        return all(run.state in OVER for run in runs) if runs else now - self.started > UNSTARTED_SECONDS


def owner_of(shared_id: str, seat_id: int) -> str:
    """The owner of a seat's runs in the queue, which gives owners fair turns. No browser has such a name."""
    return f"{OWNERS}{shared_id}/{seat_id}"


OWNERS = "class/"
"""How the names of owners begin that are seats."""


def seat_of(owner: str) -> tuple[str, int] | None:
    """The shared run and the seat of an owner; None for every other visitor."""
    shared_id, _slash, seat_id = owner.removeprefix(OWNERS).partition("/")
    return (shared_id, int(seat_id)) if owner.startswith(OWNERS) and seat_id.isdigit() else None


def next_number(started: Collection[SeatRun]) -> int:
    """The smallest number that no run has, apart from those that were stopped: their share is dealt again."""
    taken = {each.number for each in started if not each.stopped}
    return next(number for number in range(len(taken) + 1) if number not in taken)


def check_may_start(shared: SharedRun, seat_id: int, started: Collection[SeatRun], over: Collection[int]) -> None:
    """Returns where a seat may start a run now, given all runs and the ids of those that are over.

    Raises ClassError where the shared run is closed or full, and where the seat has one under way or none left. A run
    that was stopped is not counted.
    """
    own = [each for each in started if each.seat_id == seat_id]
    if not shared.is_open:
        raise ClassError(N_("The teacher has closed this shared run: no more runs can be started."))
    if any(each.id not in over for each in own):
        raise ClassError(N_("Your run is under way; one seat has one at a time."))
    if sum(not each.stopped for each in own) >= shared.plan.per_seat:
        count = shared.plan.per_seat
        raise ClassError(counted("You have had your {count} run.", "You have had your {count} runs.", count=count))
    if len(started) >= MOST_STARTED:
        raise ClassError(
            sentence("This shared run has {count:,} runs, which is as many as it takes.", count=MOST_STARTED)
        )
