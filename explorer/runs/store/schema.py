"""Tables of the run store and their version."""

import sqlalchemy as sa

from explorer.database.database import Schema, version_table

METADATA = sa.MetaData()

VERSION = version_table("schema_version", METADATA)

COMPARISONS = sa.Table(
    "races",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(128), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("created", sa.Float, nullable=False, index=True),
)

RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("race_id", sa.String(32), sa.ForeignKey("races.id"), key="comparison_id", nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("label", sa.String(200), nullable=False),
    sa.Column("spec_json", sa.Text, nullable=False),
    sa.Column("settings_json", sa.Text, nullable=False),
    sa.Column("dataset", sa.String(64), nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("steps", sa.Integer, nullable=False),
    sa.Column("pool", sa.String(128), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("step", sa.Integer, nullable=False, default=0),
    sa.Column("seconds", sa.Float, nullable=False, default=0.0),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("since", sa.Float, nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("started", sa.Float),
    sa.Column("ended", sa.Float),
    sa.Column("heartbeat", sa.Float),
    sa.Column("requested", sa.Float),
    sa.Column("worker", sa.String(128)),
    sa.Column("device", sa.String(200)),
    sa.Column("versions_json", sa.Text),
    sa.Column("result_json", sa.Text),
    sa.Column("deleted", sa.Float),
)

EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("run_id", sa.String(32), sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("events_by_run", "run_id", "id"),
    sqlite_autoincrement=True,  # an id is never given twice, even after a run was purged: readers remember the last
)

SCHEMA = Schema(METADATA, VERSION, (METADATA.create_all,))
"""A new column is one more function at the end, never an edit."""
