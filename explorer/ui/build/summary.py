"""What stands above the picture: the network's name, its exact totals, and what is wrong with it."""

import streamlit as st

from explorer.analysis.lookup import count_tensors
from explorer.analysis.network import Analysis
from explorer.model.controls import CONTROLS
from explorer.model.identity.known import paper_depth
from explorer.outputs import formatting
from explorer.ui.build.draft import Draft, Network
from explorer.ui.common import components
from explorer.ui.common.address_bar import show_warnings
from explorer.ui.common.components import Number

COUNTING = (
    "Multiply-adds of convolutions and linear layers, for one image, without bias: what the papers call FLOPs."
    " Counting a multiplication and an addition apart gives FLOPs = 2 x MACs."
)


def problem_banner(draft: Draft, network: Network) -> None:
    """One sentence on what is wrong, and what is shown in the meantime."""
    show_warnings(refusals(draft))
    if network.error is not None:
        stages = network.graph.stages
        shown = (
            f"Shown is the network up to the place that fails, after {stages[-1].name}."
            if network.partial
            else "Shown is the last network that could be built; your values are kept."
        )
        field = network.error.field
        label = CONTROLS[field].label if field in CONTROLS else field
        st.error(f"**{label}**: {network.error.message} {shown}", icon=":material/error:")


def refusals(draft: Draft) -> list[str]:
    """What the link asked for in vain; of values that have a control only where the sentence on each stands."""
    sentences = [draft.refused["link"]] if "link" in draft.refused else []
    others = [f"“{CONTROLS[name].label}”" for name in draft.refused if name in CONTROLS]
    if others:
        sentences.append(f"The link's values for these controls are not used, and each says why: {', '.join(others)}.")
    return sentences


def totals(network: Network, found: Analysis) -> None:
    """Parameters, MACs, memory, depth and output, each short, exact beneath, explained in its help."""
    components.numbers([*_counts(network, found), _depth(network, found), _output(network, found)], key="totals")


def _counts(network: Network, found: Analysis) -> list[Number]:
    total, memory, tensors = found.total, found.memory, count_tensors(network.graph)
    return [
        Number(
            "Parameters",
            formatting.short(total.params),
            f"{total.params:,}",
            f"Trainable parameters: {total.params:,} in {tensors:,} tensors ({formatting.size(memory.weights)} as"
            f" 32-bit floats). Buffers (running means and variances) are counted apart: {total.buffers:,}.",
        ),
        Number(
            "MACs",
            formatting.short(total.macs),
            f"{total.macs:,}",
            f"{COUNTING} Here: {total.macs:,} MACs, {total.flops:,} FLOPs. Element-wise work is"
            f" counted apart: {total.elementwise:,} operations.",
        ),
        Number(formatting.FLOPS, formatting.short(total.flops), f"{total.flops:,}", COUNTING),
        Number(
            "Activation memory",
            formatting.size(memory.inference_activations),
            f"{formatting.size(memory.saved_activations)} to train",
            "For one image in 32-bit floats. Above: the most that is alive at one time when running"
            f" ({memory.inference_activations:,} bytes). Below: what is kept for the backward pass"
            f" ({memory.saved_activations:,} bytes).",
        ),
    ]


def _depth(network: Network, found: Analysis) -> Number:
    layers, blocks = network.graph.depth, found.total.blocks
    convolutions = sum(each.block.branch_convolutions for _, each in network.graph.placed_blocks() if each.path)
    paper = paper_depth(network.spec) if network.spec else None
    return Number(
        "Depth",
        f"{layers:,} layers",
        f"{paper:,} in its paper" if paper else f"{blocks:,} blocks",
        f"Weighted layers as He et al. 2015 count them: the {convolutions:,} convolutions of {blocks:,} blocks and of"
        " what stands between stages, the stem's first, and the linear layers. All ops together:"
        f" {len(found.layers):,}." + (" Its paper counts the projections too, and no linear layer." if paper else ""),
    )


def _output(network: Network, found: Analysis) -> Number:
    return Number(
        "Output",
        formatting.shape(found.total.output_shape),
        f"from {formatting.shape(network.graph.input_shape)}",
        "Shapes are channels × height × width, without the batch.",
    )
