"""Rows of the tables of classes as frozen records."""

import json
from typing import Any

import sqlalchemy as sa

from explorer.classes.records import ClassRoom, Question, Seat
from explorer.classes.store.schema import QUESTIONS, ROOMS, SEATS

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
    return Question(options=tuple(json.loads(values.pop("options_json"))), **values)
