"""Rows of the tables of classes as frozen records."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from explorer.classes.records import ClassRoom, Question, Seat
from explorer.classes.store.schema import QUESTIONS, ROOMS, SEATS
from explorer.jobs.codec import from_plain, to_plain
from explorer.language import Text

ROOM = sa.select(*(column for column in ROOMS.c if column.name != "key_hash"))
SEAT = sa.select(*(column for column in SEATS.c if column.name != "secret_hash"))
QUESTION = sa.select(QUESTIONS)


def room(row: sa.Row[Any]) -> ClassRoom:
    """The record of a row of ROOM."""
    return ClassRoom(**row._mapping)


def seat(row: sa.Row[Any]) -> Seat:
    """The record of a row of SEAT."""
    return Seat(**row._mapping)


def question(row: sa.Row[Any]) -> Question:
    """The record of a row of QUESTION."""
    values = dict(row._mapping)
    options = json.loads(values.pop("options_json"))
    if isinstance(options, dict):
        values["text"], options = from_plain(Text, options["text"]), options["options"]
    return Question(options=from_plain(tuple[Text, ...], list(options)), **values)


def question_values(text: Text, options: Sequence[Text]) -> dict[str, str]:
    """How a question's texts are stored. Sentences, which a teacher cannot write, stand beside the options as JSON."""
    plain = to_plain(list(options))
    if isinstance(text, str):
        return {"text": text, "options_json": json.dumps(plain)}
    return {"text": str(text), "options_json": json.dumps({"text": to_plain(text), "options": plain})}
