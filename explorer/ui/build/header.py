"""The network's name, and what can be done with it."""

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from explorer.language import _
from explorer.model import PRESETS, ModelSpec
from explorer.model.changes import plain_twin
from explorer.ui.build import state
from explorer.ui.build.draft import Draft, Network
from explorer.ui.common.networks import network_name
from explorer.ui.common.page_links import PageQuery, page_button
from explorer.ui.common.remembered_widgets import pressed
from explorer.ui.common.session import has_browser


def _compare_query(spec: ModelSpec) -> PageQuery:
    from explorer.ui.compare.page import with_network

    return {"net": with_network(spec)}


def title_row(draft: Draft, network: Network) -> None:
    """The name, and buttons to train, compare, look into, share and start over."""
    with st.container(horizontal=True, vertical_alignment="center", key="title"):
        st.markdown(f"## {draft.title}", width="stretch")
        page_button(
            _("Train this network"),
            "train",
            network.spec,
            lambda spec: {"net": [network_name(each) for each in (spec, plain_twin(spec)) if each is not None]},
            type="primary",
            icon=":material/play_arrow:",
            key="train",
            help=_("Takes the network to the Train page, beside its plain twin: the same layers without shortcuts."),
        )
        page_button(
            _("Compare"),
            "compare",
            network.spec,
            _compare_query,
            icon=":material/compare_arrows:",
            key="compare",
            help=_("Takes the network to the Compare page, beside those that are there already."),
        )
        page_button(
            _("Labs"),
            "labs",
            network.spec,
            lambda spec: {"lab": "signal", "net": network_name(spec)},
            icon=":material/science:",
            key="labs",
            help=_("Takes the network to the labs, to see how signal and gradient travel through it."),
        )
        share = st.popover(
            _("Link"), icon=":material/link:", disabled=network.spec is None, key="share", on_change="rerun"
        )
        if network.spec is not None and (share.open or not has_browser()):
            with share:
                _link(network.spec)
        st.button(
            _("Reset"),
            icon=":material/restart_alt:",
            key="reset",
            **pressed(
                lambda: state.replace_draft(Draft()),
                sets=("preset",),
                help=_("Back to ResNet-50. Your browser's back button brings your network back."),
            ),
        )


def _link(spec: ModelSpec) -> None:
    name = network_name(spec)
    short = {"preset" if name in PRESETS else "net": name}
    here = urlsplit(st.context.url or "")
    st.caption(_("Opens this network, in any browser that reaches this server."))
    st.code(urlunsplit(here._replace(query=urlencode(short, safe="~"), fragment="")), language=None, wrap_lines=True)
