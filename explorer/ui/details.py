"""The network in pictures and tables."""

import streamlit as st

from explorer.outputs.analysis import Analysis
from explorer.ui import tables
from explorer.ui.draft import Draft, Network


def overview(network: Network, found: Analysis) -> None:
    pass


def file_name(draft: Draft) -> str:
    """What downloads are called."""
    return draft.preset or "network"


def tabs(draft: Draft, network: Network, found: Analysis) -> None:
    """Stages, layers and the specification; only the open one is computed."""
    stages, layers, text = st.tabs(["Stages", "Layers", "JSON"], on_change="rerun", key="tables")
    name = file_name(draft)
    if stages.open:
        with stages:
            tables.show_table(tables.stage_table(found), "stages", f"{name}-stages")
    if layers.open:
        with layers:
            tables.show_table(tables.layer_table(found), "layers", f"{name}-layers")
    if text.open:
        with text:
            st.json(network.graph.spec.to_dict())
