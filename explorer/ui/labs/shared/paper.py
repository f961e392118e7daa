"""What a paper prints, put beside what was run here, with its table and its protocol."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from explorer.analysis.published import PROTOCOLS, PublishedRow, PublishedTable, published_tables
from explorer.ui.common.page_links import address_of


def table(paper: str, number: str) -> PublishedTable:
    """A table by the paper's key and its number in it. Raises StopIteration where none is held."""
    return next(each for each in published_tables() if (each.paper.key, each.number) == (paper, number))


def rows(paper: str, number: str, wanted: Callable[[PublishedRow], bool] = lambda row: True) -> list[PublishedRow]:
    """Rows of a table."""
    return [row for row in table(paper, number).rows if wanted(row)]


def draw_rows(paper: str, number: str, wanted: Callable[[PublishedRow], bool] = lambda row: True) -> None:
    """Rows of a table as printed, under its name, with the protocols of its errors explained."""
    found = table(paper, number)
    chosen = rows(paper, number, wanted)
    st.markdown(f"**{found.name}** ([arXiv:{found.paper.arxiv}]({found.paper.link}))")
    frame = pd.DataFrame(
        {
            "Network": [row.network for row in chosen],
            "Error, %": [row.top1 for row in chosen],
            "Top-5, %": [row.top5 for row in chosen],
            "Remark": [row.remark for row in chosen],
            "Build": [address_of("", row.preset) if row.preset else None for row in chosen],
        }
    )
    frame = frame[[name for name in frame if name == "Network" or frame[name].fillna("").ne("").any()]]
    link = {"Build": st.column_config.LinkColumn("Build", display_text="Build ↗")}
    st.dataframe(frame, hide_index=True, column_config=link, placeholder="", key=f"paper.{paper}.{number}")
    used = dict.fromkeys((row.dataset, row.protocol) for row in chosen)
    st.caption(" ".join(f"{dataset}, {protocol}: {PROTOCOLS[protocol]}." for dataset, protocol in used))


def error_percent(row: PublishedRow) -> float:
    """The printed error as a number; NaN for `fail` and for bounds in words."""
    try:
        return float(row.top1)
    except ValueError:
        return float("nan")
