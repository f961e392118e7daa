"""Tables of classes, and their version."""

import sqlalchemy as sa

from explorer.database.database import Schema, version_table

METADATA = sa.MetaData()
VERSION = version_table("class_schema_version", METADATA)

ROOMS = sa.Table(
    "class_rooms",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("code", sa.String(16), nullable=False, unique=True),
    sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("opened", sa.Float, nullable=False),
    sa.Column("expires", sa.Float, nullable=False),
    sa.Column("ended", sa.Float),
    sa.Column("lesson", sa.String(200), nullable=False, default=""),
    sa.Column("step", sa.String(64), nullable=False, default=""),
)

SEATS = sa.Table(
    "class_seats",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("class_id", sa.String(32), sa.ForeignKey("class_rooms.id"), nullable=False),
    sa.Column("secret_hash", sa.String(64), nullable=False),
    sa.Column("nickname", sa.String(64), nullable=False, default=""),
    sa.Column("step", sa.String(64), nullable=False, default=""),
    sa.UniqueConstraint("class_id", "secret_hash"),
)

QUESTIONS = sa.Table(
    "class_questions",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("class_id", sa.String(32), sa.ForeignKey("class_rooms.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.String(64), nullable=False, default=""),
    sa.Column("place", sa.Text, nullable=False, default=""),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("options_json", sa.Text, nullable=False),
    sa.Column("follows", sa.String(32), nullable=False, default=""),
    sa.Column("phase", sa.String(16), nullable=False),
    sa.UniqueConstraint("class_id", "position"),
)

VOTES = sa.Table(
    "class_votes",
    METADATA,
    sa.Column("question_id", sa.String(32), sa.ForeignKey("class_questions.id"), primary_key=True),
    sa.Column("seat_id", sa.Integer, sa.ForeignKey("class_seats.id"), primary_key=True),
    sa.Column("answer", sa.Text, nullable=False),
)
"""The primary key says that a seat has one vote on a question."""

SCHEMA = Schema(METADATA, VERSION, (METADATA.create_all,))
"""A new column is one more function at the end, never an edit."""
