"""Tables of stages and layers for the page, with totals that sum."""

from typing import Any

import pandas as pd
import streamlit as st

from explorer.outputs import formatting
from explorer.outputs.analysis import Analysis, LayerRow, SumRow

MOST_ROWS = 5_000
"""Rows that are shown; the download holds all."""

COUNTS = {
    "params": ("Parameters", "Trainable parameters."),
    "buffers": ("Buffers", "Running means and variances."),
    "macs": ("MACs", "Multiply-adds of convolutions and linear layers, for one image."),
    "flops": ("FLOPs (2 × MACs)", "A multiplication and an addition counted apart."),
    "elementwise": ("Element-wise", "Operations of norms, activations, additions, pools and gates."),
    "activations": ("Activations", "Elements of the outputs of convolutions and linear layers."),
}


def _counts(row: SumRow | LayerRow) -> dict[str, int]:
    return {name: getattr(row, name) for name in COUNTS}


def stage_table(found: Analysis) -> pd.DataFrame:
    """One row per stage and a last one with the totals."""
    rows = [
        {
            "stage": row.path,
            "blocks": row.blocks or None,
            "shortcut": row.shortcut,
            "output": formatting.shape(row.output_shape),
            **_counts(row),
            "share": 100 * found.share(row, "macs"),
        }
        for row in (*found.stages, found.total)
    ]
    return pd.DataFrame(rows).astype({"blocks": "Int64"})


def layer_table(found: Analysis) -> pd.DataFrame:
    """One row per op and a last one with the totals."""
    rows: list[dict[str, Any]] = [
        {
            "path": row.path,
            "op": row.op,
            "role": row.role,
            "output": formatting.shape(row.output_shape),
            "kernel": row.kernel,
            "stride": row.stride,
            "groups": row.groups,
            **_counts(row),
        }
        for row in found.layers
    ]
    total = found.total
    whole = {"path": "total", "op": "", "role": "", "output": formatting.shape(total.output_shape)}
    rows.append(whole | _counts(total))
    return pd.DataFrame(rows).astype({"kernel": "Int64", "stride": "Int64", "groups": "Int64"})


def block_table(found: Analysis, path: str) -> None:
    """The ops of one block, and its sums; stem and head go by their stage's name."""
    rows = [row for row in found.layers if path == (row.block or row.stage)]
    table = pd.DataFrame(
        {
            "path": [row.name for row in rows],
            "op": [row.op for row in rows],
            "output": [formatting.shape(row.output_shape) for row in rows],
            "params": [row.params for row in rows],
            "macs": [row.macs for row in rows],
            "elementwise": [row.elementwise for row in rows],
        }
    )
    sums = ", ".join(
        f"{formatting.whole(int(table[name].sum()))} {words}"
        for name, words in (("params", "parameters"), ("macs", "MACs"), ("elementwise", "element-wise operations"))
    )
    st.markdown(f"**{path}**: {sums}.")
    st.dataframe(table, column_config=column_settings(), hide_index=True, key="table.block", height="content")


def column_settings() -> dict[str, Any]:
    """Headings, units and explanations."""
    settings: dict[str, Any] = {
        name: st.column_config.NumberColumn(label, help=explanation, format="localized")
        for name, (label, explanation) in COUNTS.items()
    }
    settings["share"] = st.column_config.ProgressColumn(
        "Share of MACs", format="%.1f %%", min_value=0, max_value=100, help="Part of the network's MACs."
    )
    named = {"stage": "Stage", "path": "Path", "op": "Op", "role": "Role", "shortcut": "Shortcut", "blocks": "Blocks"}
    named |= {"output": "Output (C × H × W)", "kernel": "Kernel", "stride": "Stride", "groups": "Groups"}
    for name, label in named.items():
        settings[name] = st.column_config.Column(label, pinned=name in ("stage", "path"))
    return settings


def show_table(table: pd.DataFrame, name: str, file_name: str) -> None:
    """The table, all of it as CSV, and a word where it was cut."""
    shown = table if len(table) <= MOST_ROWS else pd.concat([table.head(MOST_ROWS), table.tail(1)])
    st.dataframe(shown, column_config=column_settings(), hide_index=True, placeholder="", key=f"table.{name}")
    if len(shown) < len(table):
        st.caption(f"Shown are the first {MOST_ROWS:,} of {len(table) - 1:,} rows and the totals; the file holds all.")
    st.download_button(
        "Download CSV",
        lambda: table.to_csv(index=False),
        file_name=f"{file_name}.csv",
        mime="text/csv",
        key=f"csv.{name}",
        on_click="ignore",
        icon=":material/download:",
    )
