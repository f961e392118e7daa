"""What a lesson is: its steps in order, each with the page that it shows and what may be changed there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.classes.questions import NewQuestion
from explorer.language import Text, _, told

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""A lesson's name in links: its file's name without `.md`."""
MOST_STEPS = 40
ALL, OWN, PAGE = "all", "own", "page"
"""What opens every control of a page; the question that is written in the step's section, and that of the page."""


@dataclass(frozen=True)
class OwnQuestion:
    """A question that is written in the section of a step, as it can be put to a class."""

    asked: NewQuestion
    right: int | None = None
    """The position of the right choice; None where the lesson names none."""


@dataclass(frozen=True)
class Step:
    """One step of a lesson. Texts are Markdown without HTML."""

    title: str
    minutes: int
    task: str
    """What to do, in one sentence."""
    page: str | None
    """The path of the page that it shows; Build's is empty. None for a step that only has a text."""
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The names and texts of the page's address."""
    controls: tuple[str, ...] = ()
    """Names of the page's address whose controls are open; `ALL` alone opens every control."""
    question: str = ""
    """`PAGE`, `OWN`, or empty."""
    own: OwnQuestion | None = None
    text: str = ""
    reveal: str = ""
    """What is shown after the question is answered; with the text where there is no question."""
    paper: str = ""
    """What stands on the handout only: tables to fill in."""
    notes: str = ""
    """For the teacher only."""


@dataclass(frozen=True)
class Lesson:
    """A lesson. `name` stands in links."""

    name: str
    title: str
    introduction: str
    steps: tuple[Step, ...]

    @property
    def minutes(self) -> int:
        """The minutes of all steps."""
        return sum(step.minutes for step in self.steps)


@dataclass(frozen=True)
class Fault:
    """Something in a lesson's file that is not used, with its line, which begins at 1."""

    line: int
    message: Text

    @property
    def sentence(self) -> str:
        """`Line 12: ...`."""
        return _("Line {line}: {message}").format(line=self.line, message=told(self.message))


@dataclass(frozen=True)
class ReadLesson:
    """The lesson that is in a file, and what in the file is not used."""

    lesson: Lesson
    faults: tuple[Fault, ...]
