"""The network in pictures and tables."""

import json
from collections.abc import Callable, Mapping

import streamlit as st

from explorer.analysis.network import Analysis
from explorer.ui.build import pictures, proof
from explorer.ui.build.draft import Draft, Network
from explorer.ui.common.remembered_widgets import VIEW, buttons

Panel = Callable[[Network, Analysis, str], None]


# A view's module is imported when the view is first opened: the first page does not wait for tables, charts and code.


def _table(kind: str) -> Panel:
    def panel(network: Network, found: Analysis, file_name: str) -> None:
        from explorer.ui.build.tables import table_panel

        table_panel(found, kind, file_name)

    return panel


def _memory(network: Network, found: Analysis, file_name: str) -> None:
    from explorer.ui.build.memory import memory_panel

    memory_panel(network, found, file_name)


def _timing(network: Network, found: Analysis, file_name: str) -> None:
    from explorer.ui.build.timing import timing_panel

    timing_panel(network, found, file_name)


def _paths(network: Network, found: Analysis, file_name: str) -> None:
    from explorer.ui.build.paths import paths_panel

    paths_panel(network, found, file_name)


def _conventions(network: Network, found: Analysis, file_name: str) -> None:
    from explorer.ui.build.conventions import conventions_panel

    conventions_panel(network, found, file_name)


def _code(network: Network, found: Analysis, file_name: str) -> None:
    from explorer.ui.build.code import code_panel

    code_panel(network, found, file_name)


def _weights(network: Network, found: Analysis, file_name: str) -> None:
    from explorer.ui.build.weights import exchange_panel

    exchange_panel(network, found, file_name)


PANELS: Mapping[str, Panel] = {
    "Graph": pictures.graph_panel,
    "Stages": _table("stages"),
    "Blocks": _table("blocks"),
    "Layers": _table("layers"),
    "Memory": _memory,
    "Timing": _timing,
    "Paths": _paths,
    "Proof": lambda network, found, name: proof.proof_panel(network),
    "Conventions": _conventions,
    "Code": _code,
    "Weights": _weights,
    "JSON": lambda network, found, name: specification(network, name),
}
"""The views, given the network, its analysis and what downloads are called."""


def views(draft: Draft, network: Network, found: Analysis) -> None:
    """The network's graph, tables, proof and code; only the chosen one is computed.

    A row of buttons instead of tabs: a browser draws tabs anew, all of them, at every message of every move.
    """
    chosen = buttons(VIEW, "View", {name: name for name in PANELS}, next(iter(PANELS)), label_visibility="collapsed")
    PANELS[chosen](network, found, draft.file_name)


def specification(network: Network, name: str) -> None:
    """The spec as JSON, the text that the command line takes; nothing to download where the draft is not valid."""
    if network.spec is None:
        st.info("There is no specification until the marked control is corrected.", icon=":material/info:")
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
