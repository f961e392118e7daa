"""What is known of a class: the room, its questions, the votes as far as they may be shown."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from explorer.language import Text

OPEN, CLOSED, REVEALED = "open", "closed", "revealed"
PHASES: Mapping[str, frozenset[str]] = {
    OPEN: frozenset({CLOSED, REVEALED}),
    CLOSED: frozenset({OPEN, REVEALED}),
    REVEALED: frozenset(),
}
"""Phases of a question, each with those that may follow. Votes are taken in OPEN, counts are shown in REVEALED."""


@dataclass(frozen=True)
class ClassRoom:
    """A class. Times are in seconds since 1970; `lesson` and `step` say where the teacher is, empty for nowhere."""

    id: str
    code: str
    opened: float
    expires: float
    ended: float | None = None
    lesson: str = ""
    step: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the teacher has ended the class, or its time is over."""
        return self.ended is not None or self.expires <= time.time()


@dataclass(frozen=True)
class Seat:
    """One student's browser in one class. `step` is the step of the lesson that it is at."""

    id: int
    class_id: str
    nickname: str = ""
    step: str = ""


@dataclass(frozen=True)
class Question:
    """A question of a class, with what stands in `NewQuestion`; `position` counts from 1."""

    id: str
    class_id: str
    position: int
    name: str
    place: str
    kind: str
    text: Text
    options: tuple[Text, ...]
    follows: str
    phase: str

    @property
    def is_open(self) -> bool:
        """Whether votes are taken."""
        return self.phase == OPEN

    @property
    def is_revealed(self) -> bool:
        """Whether everybody may see the counts."""
        return self.phase == REVEALED


@dataclass(frozen=True)
class Tally:
    """How often each answer was given, by the answer's text; an option's is its position."""

    counts: Mapping[str, int]

    @property
    def votes(self) -> int:
        """The number of votes."""
        return sum(self.counts.values())

    def share(self, answer: str) -> float:
        """The part of the votes that an answer got, 0 to 1; 0 without votes."""
        return self.counts.get(answer, 0) / max(1, self.votes)


@dataclass(frozen=True)
class ClassState:
    """A class at one moment, without anything that tells who answered what, and without counts that are hidden."""

    room: ClassRoom
    seats: int
    questions: Sequence[Question] = ()
    """In the order in which they were asked."""
    votes: Mapping[str, int] = field(default_factory=dict)
    """The number of votes by the question's id."""
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    """By the id of each question that is revealed."""
    steps: Mapping[str, int] = field(default_factory=dict)
    """The number of seats by the step of the lesson that they are at."""

    @property
    def present(self) -> Question | None:
        """The question that was asked last; None before the first one."""
        return self.questions[-1] if self.questions else None

    def question(self, question_id: str) -> Question | None:
        """The question with this id."""
        return next((each for each in self.questions if each.id == question_id), None)

    def named(self, name: str) -> Question | None:
        """The newest question with this name."""
        return next((each for each in reversed(self.questions) if each.name == name), None)

    def follower(self, question: Question) -> Question | None:
        """The newest second vote that follows a question."""
        return next((each for each in reversed(self.questions) if each.follows == question.id), None)

    def first_vote(self, question: Question) -> Question | None:
        """The question that this second vote follows; None for a first vote."""
        return self.question(question.follows) if question.follows else None


@dataclass(frozen=True)
class Vote:
    """A vote as it is exported. `seat` is a number that says nothing of who sits there, nor of the order of arrival."""

    question: Question
    seat: int
    answer: str
