"""A question that is written in a lesson: a text, then options as a list, or a line that says which answers fit.

The right option is marked `- [x]`, the others `- [ ]` or `-`. The line is `Answer: a number` or `Answer: one line`.
"""

import re

from explorer.classes.errors import ClassError
from explorer.classes.questions import CHOICE, NUMBER, TEXT, NewQuestion
from explorer.language import sentence
from explorer.lessons.lesson import OwnQuestion

OPTION = re.compile(r"^[-*+] +(?:\[([ xX])\] *)?(.*)$", re.MULTILINE)
ANSWER = re.compile(r"^Answer: *(.*)$", re.MULTILINE)
ANSWERS = {"a number": NUMBER, "one line": TEXT}


def own_question(source: str) -> OwnQuestion:
    """The question in the source of a part “### Question”. Raises ClassError where it is none."""
    if answer := ANSWER.search(source):
        kind = ANSWERS.get(answer[1].strip().casefold())
        if kind is None:
            one, other = ANSWERS
            raise ClassError(sentence("“Answer:” is followed by “{one}” or “{other}”.", one=one, other=other))
        return OwnQuestion(NewQuestion((source[: answer.start()] + source[answer.end() :]).strip(), kind))
    found = OPTION.findall(source)
    if not found:
        raise ClassError(sentence("It has neither a list of choices nor a line that begins with “Answer:”."))
    right = [place for place, (mark, _) in enumerate(found) if mark.strip()]
    if len(right) > 1:
        raise ClassError(sentence("Only one choice can be marked as the right one."))
    asked = NewQuestion(OPTION.sub("", source).strip(), CHOICE, tuple(text.strip() for _, text in found))
    return OwnQuestion(asked, right[0] if right else None)
