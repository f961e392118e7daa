"""The store of studies. Every method raises StoreError, with one sentence, where the database does not answer."""

import time
import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from explorer.database.database import Database
from explorer.jobs.paths import database_url
from explorer.studies.records import Batch, StudyRecord
from explorer.studies.store.schema import BATCHES, SCHEMA, STUDIES


class StudyStore:
    """Studies in the database at `url`, by default that of runs. Safe to share between threads."""

    def __init__(self, url: str | None = None) -> None:
        self._database = Database(url or database_url(), SCHEMA)

    def note(self, owner: str, key: str, toml: str, batches: Iterable[tuple[int, int]]) -> StudyRecord:
        """The owner's study of this key, made where there is none, with these batches beside those that it has.

        A batch is the number of its settings, and its seed.
        """
        own = STUDIES.c.owner == owner, STUDIES.c.key == key, STUDIES.c.cancelled.is_(None)
        with self._database.writing() as connection:
            # On a server's database the lock keeps two commands from noting the same batch.
            row = connection.execute(sa.select(STUDIES).where(*own).with_for_update()).first()
            if row is None:
                values = {"id": uuid.uuid4().hex, "owner": owner, "key": key, "created": time.time(), "toml": toml}
                connection.execute(sa.insert(STUDIES).values(values))
                row = connection.execute(sa.select(STUDIES).where(STUDIES.c.id == values["id"])).one()
            known = {(batch.settings, batch.seed) for batch in _batches(connection, row.id)}
            new = [
                {"comparison_id": uuid.uuid4().hex, "study_id": row.id, "settings": settings, "seed": seed}
                for settings, seed in batches
                if (settings, seed) not in known
            ]
            if new:
                connection.execute(sa.insert(BATCHES), new)
            return _study(row)

    def find(self, owner: str, key: str) -> StudyRecord | None:
        """The owner's study of this key that was not cancelled; None where there is none."""
        own = STUDIES.c.owner == owner, STUDIES.c.key == key, STUDIES.c.cancelled.is_(None)
        with self._database.reading() as connection:
            row = connection.execute(sa.select(STUDIES).where(*own)).first()
        return _study(row) if row else None

    def batches(self, study_id: str) -> list[Batch]:
        """The batches of a study, by seed."""
        with self._database.reading() as connection:
            return _batches(connection, study_id)

    def close(self) -> None:
        """Closes the database connections."""
        self._database.close()


def _study(row: sa.Row[Any]) -> StudyRecord:
    return StudyRecord(**row._mapping)


def _batches(connection: sa.Connection, study_id: str) -> list[Batch]:
    own = sa.select(BATCHES).where(BATCHES.c.study_id == study_id).order_by(BATCHES.c.seed, BATCHES.c.settings)
    return [Batch(**row._mapping) for row in connection.execute(own)]
