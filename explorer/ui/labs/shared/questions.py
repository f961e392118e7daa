"""A question that is asked before a result is shown, and a visitor's answer to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from explorer.classes.questions import CHOICE, NewQuestion
from explorer.language import Text, as_sentence, told
from explorer.ui.labs.shared.text import Section

SEEN = ".seen"
"""How the name of a second question ends; it begins with the name of the first one."""
SKIPPED = -1
"""The answer of a visitor who chose to see the result without one."""


@dataclass(frozen=True)
class Question:
    """A question with its possible answers. `right` is the position of the right one.

    `name` is unique among all labs. `reveal` is Markdown that is shown after the answer. The texts are marked, or
    sentences: they are translated where they are shown, by `told`. Raises ValueError for a sentence on an option that
    is not a wrong one.
    """

    name: str
    text: Text
    options: tuple[Text, ...]
    right: int
    reveal: Text | Section
    why_not: Mapping[Any, Text] = field(default_factory=dict)
    """Why a wrong option is wrong, as a sentence, by the option."""
    seen: "Callable[[Any], Question | None] | None" = None
    """Makes the second question, on what a result shows, from that result; None where the result shows too little."""
    gives_away: tuple[str, ...] = ()
    """Words that would tell the answer: a test finds none of them on the page before it, and at least one after it."""

    def __post_init__(self) -> None:
        wrong = {each for place, each in enumerate(self.options) if place != self.right}
        if unknown := set(self.why_not) - wrong:
            raise ValueError(f"{self.name}: no wrong options: {', '.join(sorted(map(str, unknown)))}")

    def asking(self, seen: "Callable[[Any], Question | None]") -> "Question":
        """The same question, followed by a second one that is made from the result."""
        return replace(self, seen=seen)

    def told_by(self, *words: str) -> "Question":
        """The same question, whose answer these words give away."""
        return replace(self, gives_away=words)

    def for_class(self) -> NewQuestion:
        """The question as a class is asked: each of it reads it in their own language."""
        return NewQuestion(as_sentence(self.text), CHOICE, tuple(map(as_sentence, self.options)), self.name)

    def is_same(self, other: "Question") -> bool:
        """Whether the other asks the same of the same values, so that an answer to it stands."""
        return (self.text, self.options, self.right) == (other.text, other.options, other.right)


@dataclass(frozen=True)
class Answer:
    """A visitor's answer: the position of the chosen option, or SKIPPED.

    The question is kept as it was asked, since its text may depend on the values that were chosen then. `place` is the
    title of the page that asked it.
    """

    question: Question
    chosen: int
    place: str = ""

    @property
    def is_given(self) -> bool:
        """Whether an option was chosen."""
        return self.chosen != SKIPPED

    @property
    def is_right(self) -> bool:
        """Whether the right option was chosen."""
        return self.chosen == self.question.right

    @property
    def text(self) -> str:
        """The chosen option; a dash without one."""
        return told(self.question.options[self.chosen]) if self.is_given else "—"

    @property
    def why_not(self) -> str:
        """The sentence on the chosen option, if it is a wrong one that has a sentence."""
        return told(self.question.why_not.get(self.question.options[self.chosen], "")) if self.is_given else ""


def asked(question: Question) -> Question:
    """The question as it is kept: without the function that makes the second one."""
    return replace(question, seen=None)
