"""Tables of studies, and their version. Their runs are named by the ids of comparisons in the run store."""

import sqlalchemy as sa

from explorer.database.database import Schema, version_table

METADATA = sa.MetaData()
VERSION = version_table("study_schema_version", METADATA)

STUDIES = sa.Table(
    "studies",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(128), nullable=False, index=True),
    sa.Column("key", sa.String(64), nullable=False, index=True),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("cancelled", sa.Float),
    sa.Column("toml", sa.Text, nullable=False),
)
"""`key` is the same for files that say the same but for their seeds."""

BATCHES = sa.Table(
    "study_batches",
    METADATA,
    sa.Column("comparison_id", sa.String(32), primary_key=True),
    sa.Column("study_id", sa.String(32), sa.ForeignKey("studies.id"), nullable=False, index=True),
    sa.Column("settings", sa.Integer, nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.UniqueConstraint("study_id", "settings", "seed"),
)
"""What is trained together: all networks with the settings of this number, and one seed."""

SCHEMA = Schema(METADATA, VERSION, (METADATA.create_all,))
"""A new column is one more function at the end, never an edit."""
