"""Published figures as typed facts, and the computed ones beside them."""

from explorer.outputs.published.agreement import Agreement, agreement
from explorer.outputs.published.comparison import Comparison, compare, rows_of
from explorer.outputs.published.facts import PAPERS, Paper, PublishedRow, PublishedTable, published_tables

__all__ = [
    "PAPERS",
    "Agreement",
    "Comparison",
    "Paper",
    "PublishedRow",
    "PublishedTable",
    "agreement",
    "compare",
    "published_tables",
    "rows_of",
]
