"""Tables of shared runs, and their version. Classes, seats and comparisons are named by their ids in other stores."""

import sqlalchemy as sa

from explorer.database.database import Schema, version_table

METADATA = sa.MetaData()
VERSION = version_table("shared_run_schema_version", METADATA)

SHARED = sa.Table(
    "shared_runs",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("class_id", sa.String(32), nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("closed", sa.Float),
    sa.Column("plan_json", sa.Text, nullable=False),
    sa.UniqueConstraint("class_id", "position"),
)

SEAT_RUNS = sa.Table(
    "shared_run_seat_runs",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("shared_id", sa.String(32), sa.ForeignKey("shared_runs.id"), nullable=False, index=True),
    sa.Column("seat_id", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("comparison_id", sa.String(32), nullable=False, unique=True),
    sa.Column("started", sa.Float, nullable=False),
    sa.Column("stopped", sa.String(16), nullable=False, default=""),
)

PRESENCE = sa.Table(
    "shared_run_presence",
    METADATA,
    sa.Column("seat_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seen", sa.Float, nullable=False),
)
"""When a seat's browser showed a page the last time, in seconds since 1970."""

SCHEMA = Schema(METADATA, VERSION, (METADATA.create_all,))
"""A new column is one more function at the end, never an edit."""
