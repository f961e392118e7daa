"""What the overview is coloured by: what follows from the network, or seconds that were measured on this machine."""

from collections.abc import Mapping

import streamlit as st

from explorer.analysis.network import analyse
from explorer.language import N_, _
from explorer.model import ModelSpec, assemble
from explorer.outputs import formatting
from explorer.outputs.drawing.overview.colouring import METRICS, Colouring, colouring
from explorer.outputs.drawing.overview.plan import drawn_ops
from explorer.ui.build.draft import Network
from explorer.ui.common.remembered_widgets import VIEW, left, menu, pressed, put

KEY = "overview.colour"
PLAIN, TIME = "plain", "time"
TIMING_VIEW = "Timing"
"""The view in which this machine's seconds are measured."""
MEASURED = N_("measured time, forward pass")
NOT_MEASURED = N_("This network was not measured on this machine yet: plain colours until then.")
LABELS = (
    {PLAIN: N_("kind of layer")}
    | {name: metric.label for name, metric in METRICS.items()}
    | {TIME: N_("measured time")}
)


def chosen(network: Network) -> Colouring | None:
    """What the menu was left at; None for plain colours, and for seconds that nobody has measured yet."""
    colour = left(KEY, PLAIN)
    if colour == TIME:
        return measured(network)
    return colouring(analyse(network.graph), colour) if colour in METRICS else None


def colour_menu() -> None:
    """Draws the menu of colours."""
    options = {name: _("Colour: {what}").format(what=_(label)) for name, label in LABELS.items()}
    menu(KEY, _("Colour by"), options, PLAIN, sets=("colour",), label_visibility="collapsed", width=340)


def measured_block_seconds(spec: ModelSpec) -> Mapping[str, float] | None:
    """Median seconds of the forward pass of each part that the overview draws; None where it was not measured.

    Keys are the blocks' paths, and in stem and head the names of the drawn ops, each with the ops up to the next drawn
    one: the keys of `Colouring.values`. The sum is the whole pass without the time between
    hooks.
    """
    from explorer.experiments.result_cache import newest_measurement

    found = newest_measurement(spec)
    if found is None:
        return None
    network = found.networks[0]
    seconds = {each.block: each.seconds for each in network.blocks}
    ops = {each.block: each.seconds for each in network.ops}
    for stage in assemble(spec).stages:
        if not stage.blocks[0].path:
            seconds.pop(stage.name, None)
            seconds |= {nodes[0].name: sum(ops.get(node.name, 0.0) for node in nodes) for nodes in drawn_ops(stage)}
    return seconds


def measured(network: Network) -> Colouring | None:
    """Each block's forward pass on this machine; None where it was never measured, or the network is not whole."""
    seconds = measured_block_seconds(network.spec) if network.spec else None
    return Colouring(_(MEASURED), seconds, formatting.seconds) if seconds else None


def hint(network: Network, colours: Colouring | None) -> None:
    """Where the seconds come from, if they were asked for and are not there."""
    if left(KEY, PLAIN) != TIME or colours is not None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="overview.unmeasured"):
        if network.spec is None:
            st.caption(_("A network that cannot be built cannot be measured: plain colours."))
            return
        st.caption(_(NOT_MEASURED), width="content")
        opened = pressed(put, VIEW, TIMING_VIEW, sets=("tab",))
        st.button(_("Measure it"), icon=":material/timer:", key="overview.measure", **opened)
