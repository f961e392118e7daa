"""What stands above the picture: the network's name, its exact totals, and what is wrong with it."""

import streamlit as st

from explorer.analysis.lookup import count_tensors
from explorer.analysis.network import Analysis
from explorer.language import N_, _
from explorer.model.controls import CONTROLS
from explorer.model.identity.known import paper_depth
from explorer.outputs import formatting
from explorer.outputs.formatting import whole
from explorer.ui.build.draft import Draft, Network
from explorer.ui.common import components
from explorer.ui.common.address_bar import show_warnings
from explorer.ui.common.components import Number

COUNTING = N_(
    "Multiply-adds of convolutions and linear layers, for one image, without bias: what the papers call FLOPs."
    " Counting a multiplication and an addition apart gives FLOPs = 2 x MACs."
)


def problem_banner(draft: Draft, network: Network) -> None:
    """One sentence on what is wrong, and what is shown in the meantime."""
    show_warnings(refusals(draft))
    if network.error is not None:
        stages = network.graph.stages
        shown = (
            _("Shown is the network up to the place that fails, after {stage}.").format(stage=stages[-1].name)
            if network.partial
            else _("Shown is the last network that could be built; your values are kept.")
        )
        field = network.error.field
        label = _(CONTROLS[field].label) if field in CONTROLS else field
        st.error(f"**{label}**: {network.error.message} {shown}", icon=":material/error:")


def refusals(draft: Draft) -> list[str]:
    """What the link asked for in vain; of values that have a control only where the sentence on each stands."""
    sentences = [draft.refused["link"]] if "link" in draft.refused else []
    others = [f"“{_(CONTROLS[name].label)}”" for name in draft.refused if name in CONTROLS]
    if others:
        line = _("The link's values for these controls are not used, and each says why: {names}.")
        sentences.append(line.format(names=", ".join(others)))
    return sentences


def totals(network: Network, found: Analysis) -> None:
    """Parameters, MACs, memory, depth and output, each short, exact beneath, explained in its help."""
    components.numbers([*_counts(network, found), _depth(network, found), _output(network, found)], key="totals")


def _counts(network: Network, found: Analysis) -> list[Number]:
    total, memory, tensors = found.total, found.memory, count_tensors(network.graph)
    return [
        Number(
            _("Parameters"),
            formatting.short(total.params),
            f"{total.params:,}",
            _(
                "Trainable parameters: {params} in {tensors} tensors ({size} as 32-bit floats). Buffers (running means"
                " and variances) are counted apart: {buffers}."
            ).format(
                params=whole(total.params),
                tensors=whole(tensors),
                size=formatting.size(memory.weights),
                buffers=whole(total.buffers),
            ),
        ),
        Number(
            "MACs",
            formatting.short(total.macs),
            f"{total.macs:,}",
            _(
                "{counting} Here: {macs} MACs, {flops} FLOPs. Element-wise work is counted apart: {others} operations."
            ).format(
                counting=_(COUNTING),
                macs=whole(total.macs),
                flops=whole(total.flops),
                others=whole(total.elementwise),
            ),
        ),
        Number(formatting.FLOPS, formatting.short(total.flops), f"{total.flops:,}", _(COUNTING)),
        Number(
            _("Activation memory"),
            formatting.size(memory.inference_activations),
            _("{size} to train").format(size=formatting.size(memory.saved_activations)),
            _(
                "For one image in 32-bit floats. Above: the most that is alive at one time when running ({live} bytes)."
                " Below: what is kept for the backward pass ({kept} bytes)."
            ).format(live=whole(memory.inference_activations), kept=whole(memory.saved_activations)),
        ),
    ]


def _depth(network: Network, found: Analysis) -> Number:
    layers, blocks = network.graph.depth, found.total.blocks
    convolutions = sum(each.block.branch_convolutions for _stage, each in network.graph.placed_blocks() if each.path)
    paper = paper_depth(network.spec) if network.spec else None
    explanation = _(
        "Weighted layers as He et al. 2015 count them: the {convolutions} convolutions of {blocks} blocks and of what"
        " stands between stages, the stem's first, and the linear layers. All ops together: {ops}."
    ).format(convolutions=whole(convolutions), blocks=whole(blocks), ops=whole(len(found.layers)))
    if paper:
        explanation = _("{explanation} Its paper counts the projections too, and no linear layer.").format(
            explanation=explanation
        )
    return Number(
        _("Depth"),
        _("{count} layers").format(count=whole(layers)),
        _("{count} in its paper").format(count=whole(paper))
        if paper
        else _("{count} blocks").format(count=whole(blocks)),
        explanation,
    )


def _output(network: Network, found: Analysis) -> Number:
    return Number(
        _("Output"),
        formatting.shape(found.total.output_shape),
        _("from {shape}").format(shape=formatting.shape(network.graph.input_shape)),
        _("Shapes are channels × height × width, without the batch."),
    )
