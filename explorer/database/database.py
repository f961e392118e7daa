"""Transactions on a database through SQLAlchemy, and the version of each store's tables in it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from explorer.jobs.errors import StoreError

BUSY_SECONDS = 10.0
"""How long a statement waits for another process's transaction before it gives up."""


def open_engine(url: str) -> sa.Engine:
    """An engine for the database at `url`; SQLite is put into write-ahead mode with a busy timeout."""
    try:
        address = sa.make_url(url)
        if address.get_backend_name() != "sqlite":
            return sa.create_engine(address, pool_pre_ping=True)
        if address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(address, connect_args={"timeout": BUSY_SECONDS})
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise StoreError(f"The database address cannot be used: {error}") from error
    except OSError as error:
        raise StoreError(f"The folder of the run store cannot be made: {error}") from error
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
    # None hands BEGIN to us: the driver's own would begin a read that a later write cannot always turn into a write.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


Migration = Callable[[sa.Connection], None]


@dataclass(frozen=True)
class Schema:
    """The tables of one store, among those of others in the same database.

    `version` is a table with one number; `migrations[n]` turns version n of the tables into n + 1.
    """

    tables: sa.MetaData
    version: sa.Table
    migrations: Sequence[Migration]


def version_table(name: str, tables: sa.MetaData) -> sa.Table:
    """The table that holds the version of a store's tables."""
    return sa.Table(name, tables, sa.Column("version", sa.Integer, nullable=False))


def migrate(connection: sa.Connection, schema: Schema) -> None:
    """Brings a store's tables to the newest version inside the given transaction.

    Raises StoreError for a database that a newer version of the program has written.
    """
    found, version, migrations = 0, schema.version, schema.migrations
    if sa.inspect(connection).has_table(version.name):
        found = connection.execute(sa.select(version.c.version)).scalar() or 0
    if found > len(migrations):
        raise StoreError(
            f"A newer version of Residual Explorer wrote the run store (schema {found}, this one knows up to "
            f"{len(migrations)}). Use that version, or set RESIDUAL_EXPLORER_DATA to another folder."
        )
    for step in migrations[found:]:
        step(connection)
    if found == len(migrations):
        _check_columns(connection, schema.tables)
    if found < len(migrations):
        connection.execute(sa.delete(version))
        connection.execute(sa.insert(version).values(version=len(migrations)))


def _check_columns(connection: sa.Connection, tables: sa.MetaData) -> None:
    """Raises StoreError where a table or a column is missing that this schema has: somebody else changed them."""
    inspector = sa.inspect(connection)
    for table in tables.sorted_tables:
        there = {each["name"] for each in inspector.get_columns(table.name)} if inspector.has_table(table.name) else ()
        if missing := [column.name for column in table.columns if column.name not in there]:
            raise StoreError(
                f"The run store lacks {table.name}.{missing[0]}: an older or another program has written it. Move the"
                " file runs.sqlite3 away (its runs go with it), or set RESIDUAL_EXPLORER_DATA to another folder."
            )


class Database:
    """Transactions on the tables of `schema` at `url`. Every error is raised as a StoreError with one sentence."""

    def __init__(self, url: str, schema: Schema) -> None:
        self._engine = open_engine(url)
        self._writer = self._engine.execution_options(writes=True)
        with self.writing() as connection:
            migrate(connection, schema)

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A transaction that reads one state of the database and blocks no writer."""
        return self._transaction(self._engine)

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """A transaction that may write: all changes are made, or none."""
        return self._transaction(self._writer)

    @contextmanager
    def _transaction(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise explain(error) from error

    def close(self) -> None:
        """Closes the connections; the object can be used again."""
        self._engine.dispose()


def explain(error: sa.exc.SQLAlchemyError) -> StoreError:
    """One sentence for an error of the database."""
    text = str(getattr(error, "orig", None) or error)
    for phrase, sentence in _SENTENCES.items():
        if phrase in text.lower():
            return StoreError(sentence)
    return StoreError(f"The run store does not answer: {text.splitlines()[0] if text else type(error).__name__}")


CHANGED = (
    "The run store was changed by another program while it was open: a table or a column is gone. Start again; if that"
    " does not help, set RESIDUAL_EXPLORER_DATA to another folder."
)
_SENTENCES = {
    "no such column": CHANGED,
    "has no column": CHANGED,
    "no such table": CHANGED,
    "disk is full": "The disk is full: nothing more can be stored. Free some space, then resume the run.",
    "database is locked": f"The run store has been busy for {BUSY_SECONDS:.0f} seconds with another program's writing.",
    "readonly": "The run store cannot be written. Set RESIDUAL_EXPLORER_DATA to a folder that can.",
    "unable to open": "The run store cannot be opened. Set RESIDUAL_EXPLORER_DATA to a folder that can be written.",
    "not a database": "The file of the run store is not a database. Move it away, or set RESIDUAL_EXPLORER_DATA.",
    "malformed": "The file of the run store is damaged. Move it away, or set RESIDUAL_EXPLORER_DATA to a new folder.",
    "disk i/o": "The disk of the run store reports an error. Set RESIDUAL_EXPLORER_DATA to a folder on another disk.",
}
