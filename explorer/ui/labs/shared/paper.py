"""A paper's printed results, with table and protocol, to stand beside the results of this app."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from explorer.analysis.published import PROTOCOLS, PublishedRow, PublishedTable, published_tables
from explorer.language import _, told
from explorer.ui.common.page_links import address_of


def table(paper: str, number: str) -> PublishedTable:
    """The table with this number in the paper with this key. Raises StopIteration if there is none."""
    return next(each for each in published_tables() if (each.paper.key, each.number) == (paper, number))


def rows(paper: str, number: str, wanted: Callable[[PublishedRow], bool] = lambda row: True) -> list[PublishedRow]:
    """The rows of a table for which `wanted` is true."""
    return [row for row in table(paper, number).rows if wanted(row)]


def draw_rows(paper: str, number: str, wanted: Callable[[PublishedRow], bool] = lambda row: True) -> None:
    """Rows of a table as printed, below its name; the caption explains the protocols of the errors."""
    printed = table(paper, number)
    chosen = rows(paper, number, wanted)
    st.markdown(f"**{told(printed.told_name)}** ([arXiv:{printed.paper.arxiv}]({printed.paper.link}))")
    frame = pd.DataFrame(
        {
            _("Network"): [_(row.network) for row in chosen],
            _("Error, %"): [row.top1 for row in chosen],
            _("Top-5, %"): [row.top5 for row in chosen],
            _("Remark"): [_(row.remark) for row in chosen],
            _("Build"): [address_of("", row.preset) if row.preset else None for row in chosen],
        }
    )
    frame = frame[[name for name in frame if name == _("Network") or frame[name].fillna("").ne("").any()]]
    link = {_("Build"): st.column_config.LinkColumn(_("Build"), display_text=_("Build ↗"))}
    st.dataframe(frame, hide_index=True, column_config=link, placeholder="", key=f"paper.{paper}.{number}")
    used = dict.fromkeys((row.dataset, row.protocol) for row in chosen)
    st.caption(" ".join(f"{_(dataset)}, {_(protocol)}: {_(PROTOCOLS[protocol])}." for dataset, protocol in used))


def error_percent(row: PublishedRow) -> float:
    """The printed top-1 error in percent; NaN if no number is printed, as for `fail`."""
    try:
        return float(row.top1)
    except ValueError:
        return float("nan")
