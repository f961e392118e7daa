"""Whose network a laboratory looks at: the small one it knows, or the visitor's own from Build."""

import streamlit as st

from explorer.model import ModelSpec, SpecError
from explorer.ui.entry import contestant_label, contestant_name, contestant_spec
from explorer.ui.labs.controls import NET, SOURCE, remember, remembered
from explorer.ui.state import LAST

SMALL, MINE = "small", "mine"
SOURCES = {SMALL: "Small network", MINE: "My network"}
HELP = (
    "The small network is one of He et al. 2015, section 4.2, at half its width, and is trained in seconds. "
    "Your network is the one on Build, or of the link that opened this page; it is fitted to the 8 x 8 images."
)


def chosen_network(known: str = SOURCES[SMALL], help: str = HELP) -> ModelSpec | None:
    """The visitor's own network, or None for the laboratory's, called `known`; its link stands in the address."""
    if SOURCE not in st.session_state:
        st.session_state[SOURCE] = MINE if remembered(NET) else SMALL
    source = st.segmented_control(
        "Network",
        list(SOURCES),
        format_func=(SOURCES | {SMALL: known}).__getitem__,
        key=SOURCE,
        help=help,
        required=True,
    )
    if source == SMALL:
        remember(NET, "")
        return None
    name = remembered(NET) or contestant_name(st.session_state.get(LAST) or ModelSpec())
    try:
        spec = contestant_spec(name)
    except SpecError as error:
        st.error(f"The link's network cannot be: {error.message} The small one is used.", icon=":material/link_off:")
        return None
    remember(NET, name)
    st.caption(f"{contestant_label(name)}, {spec.depth} layers.")
    return spec
