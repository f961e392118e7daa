"""Published errors of the networks in a comparison: a table with source and protocol, and lines in the chart."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from explorer.analysis.published import PROTOCOLS, PublishedRow, PublishedTable, rows_of
from explorer.datasets.catalogue import dataset_label
from explorer.language import N_, _
from explorer.model import ModelSpec, SpecError
from explorer.runs.records import RunRecord
from explorer.ui.common.networks import network_name
from explorer.ui.common.tables import in_words

COLUMNS: dict[str, Any] = {
    "network": st.column_config.TextColumn(N_("Network"), pinned=True),
    "error": st.column_config.TextColumn(N_("Error (%)"), help=N_("As printed; `fail` is above 20 %.")),
    "dataset": N_("Data set"),
    "source": st.column_config.LinkColumn(N_("Source"), display_text=r"#(.*)$"),
    "protocol": st.column_config.TextColumn(N_("Protocol"), width=250),
    "remark": st.column_config.TextColumn(N_("Remark"), width=210),
}


class Reference(NamedTuple):
    """A printed figure for the chart: an error on the data set of the comparison."""

    quantity: str
    value: float
    label: str


@lru_cache(maxsize=256)
def printed_rows(spec_json: str) -> tuple[tuple[PublishedTable, PublishedRow], ...]:
    """The printed rows that give an error of a network; none where no paper has it."""
    try:
        name = network_name(ModelSpec.from_json(spec_json))
    except SpecError:
        return ()
    return tuple((table, row) for table, row in rows_of(name) if row.top1)


def references(runs: Sequence[RunRecord]) -> list[Reference]:
    """The printed test errors on the data set of these runs, one for each network and table."""
    found: dict[tuple[str, str], Reference] = {}
    for run in runs:
        for table, row in printed_rows(run.spec_json):
            if row.dataset == dataset_label(run.dataset) and _number(row.top1) is not None:
                label = f"{run.label}, {table.name}: {row.top1} %"
                found[(run.spec_json, table.name)] = Reference("test_error", _number(row.top1) or 0.0, label)
    return list(found.values())


def _number(printed: str) -> float | None:
    try:
        return float(printed.lstrip("~"))
    except ValueError:
        return None


def paper_table(runs: Sequence[RunRecord]) -> pd.DataFrame:
    """A row for each printed row of each network of the comparison; the columns are `COLUMNS`."""
    lines, seen = [], set()
    for run in runs:
        if run.spec_json in seen:
            continue
        seen.add(run.spec_json)
        for table, row in printed_rows(run.spec_json):
            lines.append(
                {
                    "network": run.label,
                    "error": row.top1,
                    "dataset": row.dataset,
                    "source": f"{table.paper.link}#{table.name}",
                    "protocol": f"{_(row.protocol)}: {_(PROTOCOLS[row.protocol])}",
                    "remark": _(row.remark),
                }
            )
    return pd.DataFrame(lines, columns=list(COLUMNS))


def show_published(runs: Sequence[RunRecord]) -> None:
    """Draws the papers' figures; nothing where no paper has a network of the comparison."""
    table = paper_table(runs)
    if table.empty:
        return
    st.markdown("#### " + _("What the papers report"))
    columns = in_words(COLUMNS)
    st.dataframe(table, hide_index=True, key="race.papers", placeholder="", column_config=columns, height="content")
    st.caption(
        _(
            "Printed figures of long training on the papers' own data, with table and protocol. A short run on other"
            " images may give the same order of networks, but not the same values."
        )
    )
