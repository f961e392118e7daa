"""The network in pictures and tables."""

import json
from collections.abc import Callable
from importlib import import_module

import streamlit as st

from explorer.outputs.analysis import Analysis
from explorer.ui import evidence, pictures
from explorer.ui.build_choices import VIEW
from explorer.ui.draft import Draft, Network
from explorer.ui.shown import show


def file_name(draft: Draft) -> str:
    """What downloads are called."""
    return draft.preset or "network"


Panel = Callable[[Network, Analysis, str], None]


def _later(module: str, function: str) -> Panel:
    """A panel whose module is loaded when it is first opened: tables, charts and code need not be there before."""

    def panel(network: Network, found: Analysis, name: str) -> None:
        getattr(import_module(f"explorer.ui.{module}"), function)(network, found, name)

    return panel


PANELS: dict[str, Panel] = {
    "Graph": pictures.graph_panel,
    "Stages": _later("tables", "stages_panel"),
    "Blocks": _later("tables", "blocks_panel"),
    "Layers": _later("tables", "layers_panel"),
    "Memory": _later("build_memory", "memory_panel"),
    "Timing": _later("build_timing_panel", "timing_panel"),
    "Paths": _later("build_paths", "paths_panel"),
    "Proof": lambda network, found, name: evidence.proof_panel(network),
    "Conventions": _later("costs", "conventions_panel"),
    "Code": _later("source", "code_panel"),
    "Weights": _later("exchange", "exchange_panel"),
    "JSON": lambda network, found, name: specification(network, name),
}
"""The views, given the network, its analysis and what downloads are called."""


def views(draft: Draft, network: Network, found: Analysis) -> None:
    """The network's graph, tables, proof and code; only the chosen one is computed.

    A row of buttons instead of tabs: a browser draws tabs anew, all of them, at every message of every move.
    """
    show(VIEW, st.session_state.get(VIEW, next(iter(PANELS))))
    chosen = st.segmented_control("View", list(PANELS), required=True, key=VIEW, label_visibility="collapsed")
    PANELS[chosen or next(iter(PANELS))](network, found, file_name(draft))


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
