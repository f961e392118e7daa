"""Questions that can be put to a class, the kinds of answers, and their bounds."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from explorer.classes.errors import ClassError
from explorer.language import N_, Text, sentence

CHOICE, NUMBER, TEXT = "choice", "number", "text"
LONGEST_QUESTION, LONGEST_OPTION, LONGEST_ANSWER, LONGEST_NICKNAME = 1_000, 200, 200, 40
"""Characters."""
FEWEST_OPTIONS, MOST_OPTIONS = 2, 10
LARGEST_NUMBER = 1e15


@dataclass(frozen=True)
class NewQuestion:
    """A question that is to be put to a class. Raises ClassError where it is not one.

    Texts of the app are sentences, which each reader is told in their own language; a teacher's are plain text. `name`
    is that of a lab's or of Train's question, empty for the teacher's own; `place` is the address of the
    experiment that it is about; `follows` is the id of the first vote, of a second one.
    """

    text: Text
    kind: str = CHOICE
    options: tuple[Text, ...] = ()
    name: str = ""
    place: str = ""
    follows: str = ""

    def __post_init__(self) -> None:
        if not str(self.text).strip():
            raise ClassError(N_("The question is empty: write what you want to ask."))
        _check_length(N_("The question"), str(self.text), LONGEST_QUESTION)
        if self.kind not in KINDS:
            raise ClassError(sentence("Unknown kind of question; there are {kinds}.", kinds=", ".join(KINDS)))
        if self.kind == CHOICE:
            _check_options(tuple(map(str, self.options)))


def _check_options(options: Sequence[str]) -> None:
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise ClassError(
            sentence(
                "A question with choices has {fewest} to {most} of them, not {count}.",
                fewest=FEWEST_OPTIONS,
                most=MOST_OPTIONS,
                count=len(options),
            )
        )
    if len(set(options)) < len(options) or not all(option.strip() for option in options):
        raise ClassError(N_("Every choice must be different, and none may be empty."))
    for option in options:
        _check_length(N_("A choice"), option, LONGEST_OPTION)


def _check_length(what: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise ClassError(
            sentence(
                "{what} has {length:,} characters; there may be {longest:,}.",
                what=sentence(what),
                length=len(text),
                longest=longest,
            )
        )


def one_line(text: str) -> str:
    """The text with every run of white space as one space, and without characters that are not to be seen."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def nickname(text: str) -> str:
    """The nickname as it is kept. Raises ClassError where it is too long."""
    found = one_line(text[: 10 * LONGEST_NICKNAME])
    _check_length(N_("The nickname"), found, LONGEST_NICKNAME)
    return found


def _position(text: str, options: Sequence[Text]) -> str:
    if text not in map(str, range(len(options))):
        raise ClassError(N_("The answer is none of the choices; the question may have changed: look at it again."))
    return text


def _number(text: str, options: Sequence[Text]) -> str:
    try:
        number = float(text.strip().replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        number = math.nan
    if not abs(number) <= LARGEST_NUMBER:
        raise ClassError(N_("The answer is not a number, such as 12 or 0.5."))
    return f"{number:.12g}"


def _text(text: str, options: Sequence[Text]) -> str:
    _check_length(N_("The answer"), text, LONGEST_ANSWER)
    if not (answer := one_line(text)):
        raise ClassError(N_("The answer is empty: write one line."))
    return answer


KINDS: Mapping[str, Callable[[str, Sequence[Text]], str]] = MappingProxyType(
    {CHOICE: _position, NUMBER: _number, TEXT: _text}
)
"""By kind, the function that returns an answer as it is kept, given the options; it raises ClassError for others."""
