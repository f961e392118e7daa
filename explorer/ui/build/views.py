"""The network in pictures and tables: groups of views, of which the chosen view is computed."""

import streamlit as st

from explorer.analysis.network import Analysis
from explorer.language import N_, _
from explorer.model import ModelSpec
from explorer.ui.build import pictures, proof
from explorer.ui.build.draft import Draft, Network
from explorer.ui.build.view_options import TAB, VIEW_GROUPS, VIEWS
from explorer.ui.common.remembered_widgets import VIEW, bound, buttons, left, put

# A view's module is imported when the view is first opened: the first page does not wait for tables, charts and code.


GROUP = "views"
NOTHING_TO_SHOW = N_("There is nothing to show until the marked control is corrected.")


def views(draft: Draft, network: Network, found: Analysis) -> None:
    """Draws a row of groups of views, the views of the chosen group, and the chosen view.

    Rows of buttons instead of tabs: a browser draws tabs anew, all of them, at every message of every move.
    """
    group = next(name for name, views in VIEW_GROUPS.items() if left(VIEW, VIEWS[0]) in views)
    with st.container(horizontal=True, key="views.rows"):
        st.segmented_control(
            _("Group of views"),
            list(VIEW_GROUPS),
            format_func=_,
            default=group,
            required=True,
            label_visibility="collapsed",
            **bound(GROUP, group, _open_group, options=VIEW_GROUPS, sets=TAB),
        )
        views = {name: _(name) for name in VIEW_GROUPS[group]}
        view = buttons(VIEW, _("View"), views, VIEWS[0], sets=TAB, label_visibility="collapsed")
    put(f"{GROUP}.{group}", view)
    match view:
        case "Graph":
            pictures.graph_panel(network, found, draft.file_name)
        case "Stages" | "Blocks" | "Layers":
            from explorer.ui.build.tables import table_panel

            table_panel(found, view.lower(), draft.file_name)
        case "Paths":
            from explorer.ui.build.paths import paths_panel

            paths_panel(network, found, draft.file_name)
        case "File":
            from explorer.ui.build.file_panel import file_panel

            file_panel(network.spec)
        case _ if network.spec is None:
            st.info(_(NOTHING_TO_SHOW), icon=":material/info:")
        case _:
            _view_of_valid(view, network.spec, found, draft.file_name)


def _open_group() -> None:
    """Opens the view of the group that was open last, or its first."""
    group = st.session_state[GROUP]
    put(VIEW, left(f"{GROUP}.{group}", VIEW_GROUPS[group][0]))


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
