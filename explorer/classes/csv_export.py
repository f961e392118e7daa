"""The votes of a class as a table for a file, whose cells no spreadsheet takes for formulas."""

from collections.abc import Sequence

import pandas as pd

from explorer.classes.questions import CHOICE, NUMBER
from explorer.classes.records import Vote

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula, full-width forms included."""
COLUMNS = ("question", "vote", "text", "seat", "answer")


def as_text(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(FORMULA_STARTS) or cell.startswith(FORMULA_STARTS) else cell


def votes_table(votes: Sequence[Vote]) -> pd.DataFrame:
    """One row for each vote: the question's number, `first` or `second` vote, its text, the seat, the answer.

    A seat has the same number in all rows, so that changes of mind can be counted; the number names nobody.
    """
    rows = [
        (
            vote.question.position,
            "second" if vote.question.follows else "first",
            as_text(str(vote.question.text)),
            vote.seat,
            _answer(vote),
        )
        for vote in votes
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _answer(vote: Vote) -> str:
    if vote.question.kind == CHOICE:
        return as_text(str(vote.question.options[int(vote.answer)]))
    return vote.answer if vote.question.kind == NUMBER else as_text(vote.answer)
