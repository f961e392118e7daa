"""The network in pictures and tables."""

import json

import streamlit as st

from explorer.outputs.analysis import Analysis
from explorer.ui import pictures, tables
from explorer.ui.draft import Draft, Network


def file_name(draft: Draft) -> str:
    """What downloads are called."""
    return draft.preset or "network"


def tabs(draft: Draft, network: Network, found: Analysis) -> None:
    """Graph, stages, layers and the specification; only the open one is computed."""
    graph, stages, layers, text = st.tabs(["Graph", "Stages", "Layers", "JSON"], on_change="rerun", key="tables")
    name = file_name(draft)
    if graph.open:
        with graph:
            pictures.graph_panel(network, found, name)
    if stages.open:
        with stages:
            tables.show_table(tables.stage_table(found), "stages", f"{name}-stages")
    if layers.open:
        with layers:
            tables.show_table(tables.layer_table(found), "layers", f"{name}-layers")
    if text.open:
        with text:
            specification(network, name)


def specification(network: Network, name: str) -> None:
    """The spec as JSON, the text that the command line takes."""
    text = json.dumps(network.graph.spec.to_dict(), indent=2)
    st.download_button(
        "Download JSON",
        text,
        f"{name}.json",
        "application/json",
        key="json",
        icon=":material/download:",
        on_click="ignore",
    )
    st.code(text, language="json")
