"""What the overview is coloured by: what follows from the network, or seconds that were measured on this machine."""

import streamlit as st

from explorer.analysis.network import analyse
from explorer.outputs import formatting
from explorer.outputs.drawing.overview.colouring import METRICS, Colouring, colouring
from explorer.ui.build.draft import Network
from explorer.ui.common.remembered_widgets import VIEW, keep, left, put, recall
from explorer.ui.common.widget_values import if_moved

KEY = "overview.colour"
PLAIN, TIME = "plain", "time"
TIMING_VIEW = "Timing"
"""The view in which this machine's seconds are measured."""
LABELS = {PLAIN: "kind of layer"} | {name: metric.label for name, metric in METRICS.items()} | {TIME: "measured time"}


def chosen(network: Network) -> Colouring | None:
    """What the menu was left at; None for plain colours, and for seconds that nobody has measured yet."""
    colour = left(KEY, PLAIN)
    if colour == TIME:
        return measured(network)
    return colouring(analyse(network.graph), colour) if colour in METRICS else None


def menu() -> None:
    """The menu of colours."""
    recall(KEY, PLAIN)
    st.selectbox(
        "Colour by",
        list(LABELS),
        format_func=lambda name: f"Colour: {LABELS[name]}",
        key=KEY,
        on_change=if_moved(KEY, keep),
        args=(KEY,),
        label_visibility="collapsed",
        width=340,
    )


def measured(network: Network) -> Colouring | None:
    """Each block's forward pass on this machine; None where it was never measured, or the network is not whole."""
    from explorer.ui.measuring.block_times import measured_block_seconds

    seconds = measured_block_seconds(network.spec) if network.spec else None
    return Colouring("measured time, forward pass", seconds, formatting.seconds) if seconds else None


def hint(network: Network, colours: Colouring | None) -> None:
    """Where the seconds come from, if they were asked for and are not there."""
    if left(KEY, PLAIN) != TIME or colours is not None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="overview.unmeasured"):
        if network.spec is None:
            st.caption("A network that cannot be built cannot be measured: plain colours.")
            return
        st.caption("This network was not measured on this machine yet: plain colours until then.", width="content")
        st.button("Measure it", icon=":material/timer:", key="overview.measure", on_click=_open_timing)


def _open_timing() -> None:
    put(VIEW, TIMING_VIEW)
