"""The network's name, and what can be done with it."""

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from explorer.model import PRESETS
from explorer.model.changes import plain_twin
from explorer.model.link import to_link
from explorer.ui.build import state
from explorer.ui.build.draft import Draft, Network
from explorer.ui.common.networks import network_name
from explorer.ui.common.paths import PAGES


def title_row(draft: Draft, network: Network) -> None:
    """The name, and buttons to train, compare, look into, share and start over."""
    with st.container(horizontal=True, vertical_alignment="center", key="title"):
        st.markdown(f"## {draft.title}", width="stretch")
        if st.button(
            "Train this network",
            type="primary",
            icon=":material/play_arrow:",
            key="train",
            disabled=network.spec is None,
            help="Takes the network to the Train page, beside its plain twin: the same layers without shortcuts.",
        ):
            assert network.spec is not None
            named_networks = [network.spec, plain_twin(network.spec)]
            names = [network_name(spec) for spec in named_networks if spec is not None]
            st.switch_page(str(PAGES / "train.py"), query_params={"net": names})
        if st.button(
            "Compare",
            icon=":material/compare_arrows:",
            key="compare",
            disabled=network.spec is None,
            help="Takes the network to the Compare page, beside those that are there already.",
        ):
            assert network.spec is not None
            from explorer.ui.compare.page import with_network

            st.switch_page(str(PAGES / "compare.py"), query_params={"net": with_network(network.spec)})
        if st.button(
            "Labs",
            icon=":material/science:",
            key="labs",
            disabled=network.spec is None,
            help="Takes the network to the labs, to see how signal and gradient travel through it.",
        ):
            assert network.spec is not None
            query = {"lab": "signal", "net": network_name(network.spec)}
            st.switch_page(str(PAGES / "labs.py"), query_params=query)
        with st.popover("Link", icon=":material/link:", disabled=network.spec is None, key="share"):
            _link(network)
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            key="reset",
            on_click=lambda: state.replace_draft(Draft()),
            help="Back to ResNet-50. Your browser's back button brings your network back.",
        )


def _link(network: Network) -> None:
    """The address of this network, to be copied."""
    if network.spec is None:
        return
    text = to_link(network.spec)
    name = text.split("~")[1]
    short = {"preset": name} if text.count("~") == 2 and name in PRESETS else {"net": text}
    here = urlsplit(st.context.url or "")
    st.caption("Opens this network, in any browser that reaches this server.")
    st.code(urlunsplit(here._replace(query=urlencode(short, safe="~"), fragment="")), language=None, wrap_lines=True)
