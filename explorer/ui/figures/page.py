"""The papers' tables, each printed figure beside the exact count, and torchvision's weights."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.published import (
    PROTOCOLS,
    Agreement,
    PublishedRow,
    PublishedTable,
    compare,
    published_tables,
    why_not,
)
from explorer.jobs.one_shot import ChildError
from explorer.jobs.weights_and_onnx import PublishedWeights, published_weights
from explorer.language import N_, _, ngettext, told
from explorer.ui.common import chart_downloads, theme
from explorer.ui.common.address import AddressField, PageAddress
from explorer.ui.common.address_bar import current_query, decides, show_warnings, write_query
from explorer.ui.common.address_types import OneOf
from explorer.ui.common.lesson_step import lock
from explorer.ui.common.page_links import address_of
from explorer.ui.common.session import has_arrived
from explorer.ui.common.tables import csv_button
from explorer.ui.common.widget_values import newest, show_value

CHOSEN, DEFAULT_TABLE, WARNINGS = "table", "he2015-6", "figures.warnings"
OPENS = {N_("Build"): "", N_("Train"): "train", N_("Compare"): "compare"}
"""Column of a row's links, and the path of the page that each opens."""
FIRST_RECIPE, NEW_RECIPE = N_("first recipe"), N_("new recipe")
NEW_RECIPE_LINKS = ("/issues/3995", "/pull/5935")
"""Where torchvision describes its recipe of 2021, and the weights that it was used for later."""


def table_name(table: PublishedTable) -> str:
    """The table's name in the page's address: `he2015-6`."""
    return f"{table.paper.key}-{table.number}".replace(" ", "_")


def _tables() -> dict[str, PublishedTable]:
    return {table_name(table): table for table in published_tables()}


ADDRESS = PageAddress(
    "figures", (AddressField(CHOSEN, N_("Table"), OneOf(_tables), DEFAULT_TABLE, "The table that is shown."),)
)


def choose_table() -> PublishedTable:
    """Draws a menu of all tables; returns the chosen one, which the address bar keeps."""
    tables, query = _tables(), current_query()
    if has_arrived():
        st.session_state.pop(WARNINGS, None)
    if CHOSEN not in st.session_state or decides(query):
        read = ADDRESS.read(query)
        st.session_state[CHOSEN] = read.values.get(CHOSEN, DEFAULT_TABLE)
        st.session_state[WARNINGS] = (read.warnings, st.session_state[CHOSEN])
    show_value(CHOSEN, newest(CHOSEN))
    chosen = st.selectbox(
        _("Table"),
        list(tables),
        format_func=lambda name: f"{told(tables[name].told_name)}: {_(tables[name].title)}",
        key=CHOSEN,
        **lock(
            CHOSEN,
            help=_("Figures are as printed, with table number and protocol; the exact counts are computed here."),
        ),
    )
    warnings, warned = st.session_state.get(WARNINGS, ([], chosen))
    show_warnings(warnings if warned == chosen else [])
    write_query(ADDRESS.write({CHOSEN: chosen}))
    return tables[chosen]


def show_table(table: PublishedTable) -> None:
    """Draws the table with exact counts, verdicts and links, and the remarks below it."""
    frame = table_frame(table)
    st.markdown(f"### {told(table.told_name)}: {_(table.title)}")
    st.markdown(f"[{table.paper.title}]({table.paper.link}), arXiv:{table.paper.arxiv}.")
    st.dataframe(
        frame.drop(columns="remark", errors="ignore"),
        column_config=_columns(frame),
        hide_index=True,
        placeholder="",
        key="figures.rows",
        height="content",
    )
    lines = remark_lines(frame)
    if lines:
        with st.expander(_("Remarks"), expanded=True):
            st.markdown("\n".join(lines))
    csv_button(lambda: frame.drop(columns=list(OPENS)), f"{table_name(table)}.csv", "figures.csv")
    _protocols(table.rows)
    _not_expressible(table.rows)


def table_frame(table: PublishedTable) -> pd.DataFrame:
    """One row per printed row. Counts are exact integers; columns that would be empty are left out."""
    frame = pd.DataFrame([_cells(row) for row in table.rows])
    keep = [name for name in frame if name in OPENS or frame[name].astype("string").fillna("").ne("").any()]
    return frame[keep]


def _cells(row: PublishedRow) -> dict[str, Any]:
    found = compare(row)
    cells: dict[str, Any] = {
        "network": row.network,
        "dataset": row.dataset,
        "top1": row.top1,
        "top5": row.top5,
        "ap50": row.ap50,
        "ap": row.ap,
        "protocol": _(row.protocol),
        "params": row.params,
        "exact_params": found.exact_params if found else None,
        "params_verdict": _verdict(found.params if found else None),
        "macs": row.macs,
        "exact_macs": found.exact_macs if found else None,
        "macs_verdict": _verdict(found.macs if found else None),
        "remark": "; ".join(filter(None, (_(found.note) if found else "", _(row.remark)))),
    }
    return cells | {page: address_of(path, row.preset) if row.preset else None for page, path in OPENS.items()}


def _verdict(agreed: Agreement | None) -> str:
    return str(agreed) if agreed else ""


def _columns(frame: pd.DataFrame) -> dict[str, Any]:
    text, number, link = st.column_config.TextColumn, st.column_config.NumberColumn, st.column_config.LinkColumn
    verdict = _("Whether the printed count is the exact one rounded or truncated, or how much it differs.")
    columns = {
        "network": text(_("Network"), pinned=True),
        "dataset": text(_("Data")),
        "top1": text(_("Error, %"), help=_("Top-1 or test error as printed. Compare only within one protocol.")),
        "top5": text(_("Top-5 error, %")),
        "ap50": text(_("AP at 0.5, %"), help=_("Average precision at an overlap of 0.5 as printed; higher is better.")),
        "ap": text(_("AP, %"), help=_("Average precision as COCO defines it, as printed; higher is better.")),
        "protocol": text(_("Protocol"), help=_("How the error was measured; explained below the table.")),
        "params": text(_("Parameters, printed")),
        "exact_params": number(_("Parameters, exact"), format="localized"),
        "params_verdict": text(_("Verdict"), help=verdict),
        "macs": text(_("MACs, printed"), help=_("The papers say FLOPs, but count multiply-adds.")),
        "exact_macs": number(_("MACs, exact"), format="localized"),
        "macs_verdict": text(_("Verdict, MACs"), help=verdict),
    }
    columns |= {
        page: link(_(page), display_text=f"{_(page)} ↗", help=_("Opens the network in {page}.").format(page=_(page)))
        for page in OPENS
    }
    return {name: column for name, column in columns.items() if name in frame}


def remark_lines(frame: pd.DataFrame) -> list[str]:
    """The remarks on rows, one line each with the names of its rows; a column would cut them short."""
    if "remark" not in frame:
        return []
    by_remark = frame[frame["remark"] != ""].groupby("remark", sort=False)["network"]
    return [f"- **{', '.join(dict.fromkeys(names))}**: {remark}" for remark, names in by_remark]


def _protocols(rows: Sequence[PublishedRow]) -> None:
    used = dict.fromkeys(row.protocol for row in rows)
    meanings = "; ".join(f"**{_(name)}**: {_(PROTOCOLS[name])}" for name in used)
    st.caption(_("Protocols. {meanings}.").format(meanings=meanings))


def _not_expressible(rows: Sequence[PublishedRow]) -> None:
    reasons = {row.network: why_not(row) for row in rows if not row.preset}
    if reasons:
        with st.expander(
            ngettext("{count} row cannot be opened", "{count} rows cannot be opened", len(reasons)).format(
                count=len(reasons)
            )
        ):
            st.markdown("\n".join(f"- **{network}**: {_(reason)}" for network, reason in reasons.items()))


def show_weights() -> None:
    """Draws torchvision's weights with accuracy and recipe; a child process reads the installed package."""
    st.markdown(_("### torchvision's weights"))
    st.caption(
        _(
            "ImageNet-1K, one centre crop. The new recipe (most V2 weights, and V1 of ResNeXt-101 64x4d) trains longer "
            "and with more augmentation, so compare networks within one recipe. Read from the installed package; "
            "nothing is downloaded."
        )
    )
    try:
        with st.spinner(_("Reading torchvision's table…")):
            rows = published_weights()
    except ChildError as error:
        st.error(_("torchvision's table could not be read. {reason}").format(reason=error), icon=":material/error:")
        return
    frame = weights_frame(rows)
    description = _(
        "Top-1 accuracy against MACs of {count} published weights; the table below has the numbers."
    ).format(count=len(frame))
    chart_downloads.show_chart(_weights_chart(frame), "figures.chart", description, "torchvision-weights")
    st.caption(_("Point at a dot to see its name; the table lists all of them."))
    shown = frame.assign(trained=frame["trained"].map(_))
    st.dataframe(shown, column_config=_weights_columns(), hide_index=True, key="figures.weights", height="content")
    csv_button(lambda: frame.drop(columns=list(OPENS)), "torchvision-weights.csv", "figures.weights.csv")


def training_recipe(row: PublishedWeights) -> str:
    """`new recipe` where the link of the weights leads to torchvision's recipe of 2021, else `first recipe`.

    The name of the weights does not say it: ResNeXt-101 64x4d has only V1, trained with the new recipe.
    """
    return NEW_RECIPE if any(link in row.recipe for link in NEW_RECIPE_LINKS) else FIRST_RECIPE


def weights_frame(rows: Sequence[PublishedWeights]) -> pd.DataFrame:
    """One row per weights entry."""
    return pd.DataFrame(
        [
            {
                "preset": row.preset,
                "weights": row.weights,
                "trained": training_recipe(row),
                "top1": row.top1,
                "top5": row.top5,
                "params": row.params,
                "gmacs": row.gmacs,
                "recipe": row.recipe,
            }
            | {page: address_of(path, row.preset) for page, path in OPENS.items()}
            for row in rows
        ]
    )


def _weights_columns() -> dict[str, Any]:
    number, link = st.column_config.NumberColumn, st.column_config.LinkColumn
    columns = {
        "preset": st.column_config.TextColumn(_("Network"), pinned=True),
        "weights": st.column_config.TextColumn(_("Weights")),
        "trained": st.column_config.TextColumn(_("Training"), help=_("Compare accuracies only within one recipe.")),
        "top1": number(_("Top-1, %"), format="%.2f"),
        "top5": number(_("Top-5, %"), format="%.2f"),
        "params": number(_("Parameters"), format="localized"),
        "gmacs": number("G MACs", format="%.3f", help=_("As torchvision prints them, 224 px.")),
        "recipe": link(_("Recipe"), display_text=_("recipe ↗")),
    }
    return columns | {page: link(_(page), display_text=f"{_(page)} ↗") for page in OPENS}


def _weights_chart(frame: pd.DataFrame) -> go.Figure:
    colours = theme.current()
    chart = go.Figure()
    recipes = {FIRST_RECIPE: "circle", NEW_RECIPE: "diamond"}
    for position, (recipe, symbol) in enumerate(recipes.items()):
        part = frame[frame["trained"] == recipe].sort_values("gmacs")
        chart.add_scatter(
            x=part["gmacs"],
            y=part["top1"],
            text=part["preset"] + ", " + part["weights"],
            # Printed names would overlap, since dots of similar cost are close together.
            mode="markers",
            name=_(recipe),
            marker={"symbol": symbol, "size": 10, "color": colours.chart[position]},
            hovertemplate="%{text}<br>%{x:.2f} G MACs<br>%{y:.2f} %<extra>%{fullData.name}</extra>",
        )
    across = {"title": _("MACs, 10⁹ (log)"), "type": "log"}
    return chart_downloads.lay_out(chart, 420, xaxis=across, yaxis_title=_("top-1 accuracy, %"))
