"""What the teacher of a class may do: ask, close, reveal, go on, end, export and delete.

An object of this kind is made from the teacher's key alone (`ClassStore.teaching`), and reaches its own class only.
"""

import time
import uuid

import sqlalchemy as sa

from explorer.classes.errors import ClassError
from explorer.classes.questions import NewQuestion
from explorer.classes.records import CLOSED, OPEN, PHASES, Question, Vote
from explorer.classes.store import rows
from explorer.classes.store.schema import QUESTIONS, ROOMS, SEATS, VOTES
from explorer.database.database import Database
from explorer.language import N_, sentence

DAY = 86_400.0
"""Seconds after which a class ends by itself."""
MOST_DAYS = 30
"""Days to which a class can be extended, from its beginning."""
MOST_QUESTIONS = 200


def new_id() -> str:
    """A new id, of a class or of a question."""
    return uuid.uuid4().hex


class Teaching:
    """The teacher's operations on the class `class_id`."""

    def __init__(self, database: Database, class_id: str) -> None:
        self._database, self.class_id = database, class_id

    def ask(self, new: NewQuestion) -> Question:
        """Puts a question to the class, and closes the votes on all others.

        Raises ClassError where the class is over or has too many questions, and for a second vote on what is not
        revealed.
        """
        with self._database.writing() as connection:
            room = connection.execute(rows.ROOM.where(ROOMS.c.id == self.class_id).with_for_update()).first()
            if room is None or rows.room(room).is_over:
                raise ClassError(N_("This class is over: open a new one."))
            own = QUESTIONS.c.class_id == self.class_id
            asked = [rows.question(row) for row in connection.execute(rows.QUESTION.where(own))]
            if len(asked) >= MOST_QUESTIONS:
                raise ClassError(
                    sentence("This class has had {count:,} questions, which is as many as it takes.", count=len(asked))
                )
            if new.follows and not any(each.id == new.follows and each.is_revealed for each in asked):
                raise ClassError(N_("Reveal the first vote before the class is asked again."))
            connection.execute(sa.update(QUESTIONS).where(own, QUESTIONS.c.phase == OPEN).values(phase=CLOSED))
            values = {"id": new_id(), "class_id": self.class_id, "phase": OPEN, "name": new.name, "place": new.place}
            values |= {"kind": new.kind, "follows": new.follows, **rows.question_values(new.text, new.options)}
            position = 1 + max((each.position for each in asked), default=0)
            connection.execute(sa.insert(QUESTIONS).values(**values, position=position))
            return rows.question(connection.execute(rows.QUESTION.where(QUESTIONS.c.id == values["id"])).one())

    def set_phase(self, question_id: str, phase: str) -> bool:
        """Brings a question into another phase. Returns whether it was in one that this one may follow."""
        before = [each for each, after in PHASES.items() if phase in after]
        with self._database.writing() as connection:
            mine = QUESTIONS.c.class_id == self.class_id
            changed = sa.update(QUESTIONS).where(mine, QUESTIONS.c.id == question_id, QUESTIONS.c.phase.in_(before))
            if not connection.execute(changed.values(phase=phase)).rowcount:
                return False
            if phase == OPEN:
                others = sa.update(QUESTIONS).where(mine, QUESTIONS.c.id != question_id, QUESTIONS.c.phase == OPEN)
                connection.execute(others.values(phase=CLOSED))
            return True

    def set_step(self, lesson: str, step: str) -> None:
        """Stores where the teacher is: a lesson and its step, which students who follow are shown."""
        self._change(lesson=lesson[:200], step=step[:64])

    def extend(self) -> None:
        """Lets the class go on until a day from now, at most MOST_DAYS after its beginning; opens one that is over."""
        now = time.time()
        latest = ROOMS.c.opened + MOST_DAYS * DAY
        self._change(expires=sa.case((latest < now + DAY, latest), else_=now + DAY), ended=None)

    def end(self) -> None:
        """Ends the class: nobody can join or vote. Its votes stay until they are deleted."""
        with self._database.writing() as connection:
            connection.execute(sa.update(ROOMS).where(ROOMS.c.id == self.class_id).values(ended=time.time()))
            opened = QUESTIONS.c.class_id == self.class_id, QUESTIONS.c.phase == OPEN
            connection.execute(sa.update(QUESTIONS).where(*opened).values(phase=CLOSED))

    def votes(self) -> list[Vote]:
        """Every vote, by question and seat; seats are numbered in an order that says nothing of their owners."""
        with self._database.reading() as connection:
            in_order = sa.select(SEATS.c.id).where(SEATS.c.class_id == self.class_id).order_by(SEATS.c.secret_hash)
            seats = {seat_id: number for number, seat_id in enumerate(connection.execute(in_order).scalars(), 1)}
            of_class = rows.QUESTION.where(QUESTIONS.c.class_id == self.class_id)
            asked = {row.id: rows.question(row) for row in connection.execute(of_class)}
            given = sa.select(VOTES).where(VOTES.c.question_id.in_(asked))
            found = [Vote(asked[row.question_id], seats[row.seat_id], row.answer) for row in connection.execute(given)]
        return sorted(found, key=lambda vote: (vote.question.position, vote.seat))

    def delete_votes(self) -> None:
        """Deletes all votes and questions of the class; the seats stay."""
        with self._database.writing() as connection:
            _delete_questions(connection, self.class_id)

    def delete(self) -> None:
        """Deletes the class with everything in it."""
        with self._database.writing() as connection:
            delete_class(connection, self.class_id)

    def _change(self, **values: object) -> None:
        with self._database.writing() as connection:
            connection.execute(sa.update(ROOMS).where(ROOMS.c.id == self.class_id).values(**values))


def delete_class(connection: sa.Connection, class_id: str) -> None:
    """Deletes a class with its seats, questions and votes."""
    _delete_questions(connection, class_id)
    connection.execute(sa.delete(SEATS).where(SEATS.c.class_id == class_id))
    connection.execute(sa.delete(ROOMS).where(ROOMS.c.id == class_id))


def _delete_questions(connection: sa.Connection, class_id: str) -> None:
    own = sa.select(QUESTIONS.c.id).where(QUESTIONS.c.class_id == class_id)
    connection.execute(sa.delete(VOTES).where(VOTES.c.question_id.in_(own)))
    connection.execute(sa.delete(QUESTIONS).where(QUESTIONS.c.class_id == class_id))
