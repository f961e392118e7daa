"""What papers report of the networks in a comparison: a table with its source and protocol, and lines in the chart."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from explorer.analysis.published import PROTOCOLS, PublishedRow, PublishedTable, rows_of
from explorer.datasets.catalogue import dataset_label
from explorer.model import ModelSpec, SpecError
from explorer.runs.records import RunRecord
from explorer.ui.common.networks import network_name

Number = st.column_config.TextColumn
COLUMNS: dict[str, Any] = {
    "network": st.column_config.TextColumn("Network", pinned=True),
    "error": st.column_config.TextColumn("Error (%)", help="As printed. `fail`: above 20 %."),
    "dataset": "Its data set",
    "source": st.column_config.LinkColumn("Source", display_text=r"#(.*)$"),
    "protocol": "Protocol",
    "remark": "Remark",
}


class Reference(NamedTuple):
    """A printed figure that may stand in the chart: it is of the data set that the comparison is run on."""

    quantity: str
    value: float
    words: str


def printed_rows(run: RunRecord) -> tuple[tuple[PublishedTable, PublishedRow], ...]:
    """The printed rows with an error of a run's network; none for a network that is in no paper."""
    return _printed_rows(run.spec_json)


@lru_cache(maxsize=256)
def _printed_rows(spec_json: str) -> tuple[tuple[PublishedTable, PublishedRow], ...]:
    try:
        name = network_name(ModelSpec.from_json(spec_json))
    except SpecError:
        return ()
    return tuple((table, row) for table, row in rows_of(name) if row.top1)


def references(runs: Sequence[RunRecord]) -> list[Reference]:
    """The printed test errors on the very data set that these runs are trained on, one for each network and table."""
    found: dict[tuple[str, str], Reference] = {}
    for run in runs:
        for table, row in printed_rows(run):
            if row.dataset == dataset_label(run.dataset) and _number(row.top1) is not None:
                words = f"{run.label}, {table.name}: {row.top1} %"
                found[(run.spec_json, table.name)] = Reference("test_error", _number(row.top1) or 0.0, words)
    return list(found.values())


def _number(printed: str) -> float | None:
    try:
        return float(printed.lstrip("~"))
    except ValueError:
        return None


def paper_table(runs: Sequence[RunRecord]) -> pd.DataFrame:
    """A line for each printed row of each network of the comparison, under `COLUMNS`."""
    lines, seen = [], set()
    for run in runs:
        if run.spec_json in seen:
            continue
        seen.add(run.spec_json)
        for table, row in printed_rows(run):
            lines.append(
                {
                    "network": run.label,
                    "error": row.top1,
                    "dataset": row.dataset,
                    "source": f"{table.paper.link}#{table.name}",
                    "protocol": f"{row.protocol}: {PROTOCOLS[row.protocol]}",
                    "remark": row.remark,
                }
            )
    return pd.DataFrame(lines, columns=list(COLUMNS))


def show_published(runs: Sequence[RunRecord]) -> None:
    """The papers' figures beside the comparison's; nothing where no network of it is in a paper."""
    table = paper_table(runs)
    if table.empty:
        return
    st.markdown("#### What the papers report")
    st.dataframe(table, hide_index=True, key="race.papers", placeholder="", column_config=COLUMNS, height="content")
    st.caption(
        "Printed figures of long training on the papers' own data, labelled with table and protocol. A short run on"
        " other images may repeat their order, never their values."
    )
