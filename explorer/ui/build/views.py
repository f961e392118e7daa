"""The network in pictures and tables."""

import json
from collections.abc import Callable
from importlib import import_module

import streamlit as st

from explorer.analysis.network import Analysis
from explorer.ui.build import pictures, proof
from explorer.ui.build.draft import Draft, Network
from explorer.ui.common.remembered_widgets import VIEW, buttons


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
    "Stages": _later("build.tables", "stages_panel"),
    "Blocks": _later("build.tables", "blocks_panel"),
    "Layers": _later("build.tables", "layers_panel"),
    "Memory": _later("build.memory", "memory_panel"),
    "Timing": _later("build.timing", "timing_panel"),
    "Paths": _later("build.paths", "paths_panel"),
    "Proof": lambda network, found, name: proof.proof_panel(network),
    "Conventions": _later("build.conventions", "conventions_panel"),
    "Code": _later("build.code", "code_panel"),
    "Weights": _later("build.weights", "exchange_panel"),
    "JSON": lambda network, found, name: specification(network, name),
}
"""The views, given the network, its analysis and what downloads are called."""


def views(draft: Draft, network: Network, found: Analysis) -> None:
    """The network's graph, tables, proof and code; only the chosen one is computed.

    A row of buttons instead of tabs: a browser draws tabs anew, all of them, at every message of every move.
    """
    chosen = buttons(VIEW, "View", {name: name for name in PANELS}, next(iter(PANELS)), label_visibility="collapsed")
    PANELS[chosen](network, found, file_name(draft))


def specification(network: Network, name: str) -> None:
    """The spec as JSON, the text that the command line takes; nothing to download where the draft is not valid."""
    if network.spec is None:
        st.info("There is no specification until the marked control is mended.", icon=":material/info:")
        return
    text = json.dumps(network.spec.to_dict(), indent=2)
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
