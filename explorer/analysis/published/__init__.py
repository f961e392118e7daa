"""Published figures as typed values, and the computed figures to compare them with."""

from explorer.analysis.published.agreement import Agreement, agreement
from explorer.analysis.published.comparison import Comparison, compare, rows_of
from explorer.analysis.published.facts import PAPERS, PROTOCOLS, Paper, PublishedRow, PublishedTable, published_tables
from explorer.analysis.published.inexpressible import why_not

__all__ = [
    "PAPERS",
    "PROTOCOLS",
    "Agreement",
    "Comparison",
    "Paper",
    "PublishedRow",
    "PublishedTable",
    "agreement",
    "compare",
    "published_tables",
    "rows_of",
    "why_not",
]
