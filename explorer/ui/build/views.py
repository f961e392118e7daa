"""The network in pictures and tables: a row of views, of which the chosen one is computed."""

import streamlit as st

from explorer.analysis.network import Analysis
from explorer.model import ModelSpec
from explorer.ui.build import pictures, proof
from explorer.ui.build.draft import Draft, Network
from explorer.ui.build.view_options import VIEWS
from explorer.ui.common.remembered_widgets import VIEW, buttons

# A view's module is imported when the view is first opened: the first page does not wait for tables, charts and code.


def views(draft: Draft, network: Network, found: Analysis) -> None:
    """Draws the row of views, and the chosen one.

    A row of buttons instead of tabs: a browser draws tabs anew, all of them, at every message of every move.
    """
    view = buttons(VIEW, "View", {name: name for name in VIEWS}, VIEWS[0], label_visibility="collapsed")
    match view:
        case "Graph":
            pictures.graph_panel(network, found, draft.file_name)
        case "Stages" | "Blocks" | "Layers":
            from explorer.ui.build.tables import table_panel

            table_panel(found, view.lower(), draft.file_name)
        case "Paths":
            from explorer.ui.build.paths import paths_panel

            paths_panel(network, found, draft.file_name)
        case _ if network.spec is None:
            st.info("There is nothing to show until the marked control is corrected.", icon=":material/info:")
        case _:
            _view_of_valid(view, network.spec, found, draft.file_name)


def _view_of_valid(view: str, spec: ModelSpec, found: Analysis, file_name: str) -> None:
    match view:
        case "Memory":
            from explorer.ui.build.memory import memory_panel

            memory_panel(spec, file_name)
        case "Timing":
            from explorer.ui.build.timing import timing_panel

            timing_panel(spec, found, file_name)
        case "Proof":
            proof.proof_panel(spec)
        case "Conventions":
            from explorer.ui.build.conventions import conventions_panel

            conventions_panel(spec, file_name)
        case "Code":
            from explorer.ui.build.code import code_panel

            code_panel(spec, file_name)
        case "Weights":
            from explorer.ui.build.weights import exchange_panel

            exchange_panel(spec, file_name)
        case "JSON":
            from explorer.ui.build.code import specification_panel

            specification_panel(spec, file_name)
