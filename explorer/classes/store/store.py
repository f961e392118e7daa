"""The store of classes for everybody: open a class, join it, vote, see its state. A teacher's part is `teaching`.

Every method raises StoreError, with one sentence, where the database cannot be read or written.
"""

import time
from collections import defaultdict

import sqlalchemy as sa

from explorer.classes import questions
from explorer.classes.credentials import hashed, new_code, new_secret, read_code, seat_secret
from explorer.classes.errors import ClassError, WrongCodeError
from explorer.classes.records import OPEN, REVEALED, ClassRoom, ClassState, Seat, Tally
from explorer.classes.store import rows
from explorer.classes.store.schema import QUESTIONS, ROOMS, SCHEMA, SEATS, VOTES
from explorer.classes.store.teaching import DAY, Teaching, delete_class, new_id
from explorer.database.database import Database
from explorer.jobs.paths import database_url
from explorer.language import N_, sentence

MOST_CLASSES, MOST_SEATS = 200, 1_000
"""Classes of a server that are open at the same time, and seats of one class."""
KEPT_DAYS = 90
"""After so many days a class that is over is deleted with its votes."""


class ClassStore:
    """Classes in the database at `url` (by default that of the runs). Safe to share between threads and processes."""

    def __init__(self, url: str | None = None) -> None:
        self.url = url or database_url()
        self._database = Database(self.url, SCHEMA)

    def open_class(self) -> tuple[ClassRoom, str]:
        """A new class, and the key of its teacher, which is nowhere stored. Raises ClassError if there are too many."""
        now, key = time.time(), new_secret()
        with self._database.writing() as connection:
            for old in connection.execute(sa.select(ROOMS.c.id).where(ROOMS.c.expires < now - KEPT_DAYS * DAY)):
                delete_class(connection, old.id)
            used = set(connection.execute(sa.select(ROOMS.c.code)).scalars())
            is_open = ROOMS.c.ended.is_(None), ROOMS.c.expires > now
            count = connection.execute(sa.select(sa.func.count()).select_from(ROOMS).where(*is_open)).scalar_one()
            if count >= MOST_CLASSES:
                raise ClassError(
                    sentence("{count:,} classes are open on this server, which is as many as it takes.", count=count)
                )
            code = next(code for code in iter(new_code, "") if code not in used)
            values = {"id": new_id(), "code": code, "opened": now, "expires": now + DAY}
            connection.execute(sa.insert(ROOMS).values(**values, key_hash=hashed(key)))
            return rows.room(connection.execute(rows.ROOM.where(ROOMS.c.id == values["id"])).one()), key

    def teaching(self, key: str) -> Teaching | None:
        """What the owner of a teacher's key may do; None where the key opens no class."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(ROOMS.c.id).where(ROOMS.c.key_hash == hashed(key))).scalar()
        return Teaching(self._database, found) if found else None

    def join(self, code: str, browser: str, nickname: str = "") -> Seat:
        """The seat of a browser in the class with this code; a new one where it has none yet.

        `browser` is the browser's own secret. Raises WrongCodeError for a wrong or an old code, ClassError for a bad
        nickname or a full class.
        """
        wanted, name = read_code(code), questions.nickname(nickname)
        with self._database.writing() as connection:
            row = connection.execute(rows.ROOM.where(ROOMS.c.code == wanted)).first()
            if row is None:
                raise WrongCodeError(N_("No class has this code. Compare it with the one that your teacher shows."))
            room = rows.room(row)
            if room.is_over:
                raise WrongCodeError(
                    N_("The class with this code is over. Ask your teacher for the code of the new one.")
                )
            own = {"class_id": room.id, "secret_hash": hashed(seat_secret(browser, room.id))}
            seat = connection.execute(rows.SEAT.filter_by(**own)).first()
            if seat is None:
                taken = sa.select(sa.func.count()).select_from(SEATS).where(SEATS.c.class_id == room.id)
                if connection.execute(taken).scalar_one() >= MOST_SEATS:
                    raise ClassError(sentence("This class is full: it has {count:,} seats.", count=MOST_SEATS))
                connection.execute(sa.insert(SEATS).values(**own, nickname=name))
            elif name:
                connection.execute(sa.update(SEATS).where(SEATS.c.id == seat.id).values(nickname=name))
            return rows.seat(connection.execute(rows.SEAT.filter_by(**own)).one())

    def seat(self, code: str, browser: str) -> Seat | None:
        """The seat that a browser has in the class with this code, over or not; None where it has none."""
        with self._database.reading() as connection:
            class_id = connection.execute(sa.select(ROOMS.c.id).where(ROOMS.c.code == code)).scalar()
            if class_id is None:
                return None
            own = {"class_id": class_id, "secret_hash": hashed(seat_secret(browser, class_id))}
            row = connection.execute(rows.SEAT.filter_by(**own)).first()
        return rows.seat(row) if row else None

    def vote(self, seat: Seat, question_id: str, answer: str) -> str:
        """Stores a seat's answer, in place of an earlier one, and returns it as it is kept: it is then on disk.

        Raises ClassError for an answer that does not fit, and for a question that takes no votes.
        """
        with self._database.writing() as connection:
            wanted = QUESTIONS.c.id == question_id, QUESTIONS.c.class_id == seat.class_id
            # On a server's database the lock keeps the teacher from closing the question until this vote is stored.
            row = connection.execute(rows.QUESTION.where(*wanted).with_for_update(read=True)).first()
            room = connection.execute(rows.ROOM.where(ROOMS.c.id == seat.class_id)).first()
            if row is None or room is None or rows.room(room).is_over:
                raise ClassError(
                    N_("The class of this question is over, or the question is gone: your answer came late.")
                )
            question = rows.question(row)
            if question.phase != OPEN:
                raise ClassError(N_("The vote is closed: your answer came too late and is not counted."))
            kept = questions.KINDS[question.kind](answer, question.options)
            own = VOTES.c.question_id == question_id, VOTES.c.seat_id == seat.id
            if not connection.execute(sa.update(VOTES).where(*own).values(answer=kept)).rowcount:
                _insert(connection, question_id, seat.id, kept)
            return kept

    def votes(self, seat: Seat) -> dict[str, str]:
        """A seat's own answers by the question's id."""
        with self._database.reading() as connection:
            own = sa.select(VOTES.c.question_id, VOTES.c.answer).where(VOTES.c.seat_id == seat.id)
            return {row.question_id: row.answer for row in connection.execute(own)}

    def note_step(self, seat: Seat, step: str) -> None:
        """Stores which step of the lesson a seat is at."""
        with self._database.writing() as connection:
            connection.execute(sa.update(SEATS).where(SEATS.c.id == seat.id).values(step=step[:64]))

    def state(self, class_id: str) -> ClassState | None:
        """The class as everybody may see it; None where there is no such class."""
        with self._database.reading() as connection:
            room = connection.execute(rows.ROOM.where(ROOMS.c.id == class_id)).first()
            if room is None:
                return None
            asked = connection.execute(rows.QUESTION.filter_by(class_id=class_id).order_by(QUESTIONS.c.position))
            found = [rows.question(row) for row in asked]
            of_class = VOTES.join(QUESTIONS, QUESTIONS.c.id == VOTES.c.question_id), QUESTIONS.c.class_id == class_id
            number = sa.func.count()
            counted = sa.select(VOTES.c.question_id, number).select_from(of_class[0]).where(of_class[1])
            counts = connection.execute(counted.group_by(VOTES.c.question_id)).all()
            told = sa.select(VOTES.c.question_id, VOTES.c.answer, number).select_from(of_class[0])
            told = told.where(of_class[1], QUESTIONS.c.phase == REVEALED)
            tallies: dict[str, dict[str, int]] = defaultdict(dict)
            for question_id, answer, count in connection.execute(told.group_by(VOTES.c.question_id, VOTES.c.answer)):
                tallies[question_id][answer] = count
            seated = sa.select(SEATS.c.step, number).where(SEATS.c.class_id == class_id).group_by(SEATS.c.step)
            steps = {row[0]: row[1] for row in connection.execute(seated)}
        return ClassState(
            rows.room(room),
            sum(steps.values()),
            tuple(found),
            {row[0]: row[1] for row in counts},
            {each.id: Tally(tallies[each.id]) for each in found if each.is_revealed},
            {step: count for step, count in steps.items() if step},
        )

    def rooms(self) -> dict[str, ClassRoom]:
        """All classes by id, those that are over among them."""
        with self._database.reading() as connection:
            return {row.id: rows.room(row) for row in connection.execute(rows.ROOM)}

    def close(self) -> None:
        """Closes the database connections."""
        self._database.close()


def _insert(connection: sa.Connection, question_id: str, seat_id: int, answer: str) -> None:
    """Inserts a seat's first vote; on a server's database another tab of the browser may have just done so."""
    values = {"question_id": question_id, "seat_id": seat_id, "answer": answer}
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(VOTES).values(values))
    except sa.exc.IntegrityError:
        own = VOTES.c.question_id == question_id, VOTES.c.seat_id == seat_id
        connection.execute(sa.update(VOTES).where(*own).values(answer=answer))
