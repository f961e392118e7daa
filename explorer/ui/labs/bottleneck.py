"""Lab 6: basic blocks against bottlenecks at equal MACs, their cost by kind of layer, and v1 against v1.5."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from explorer.analysis.equal_cost import solve
from explorer.analysis.network import analyse
from explorer.language import N_, _, sentence
from explorer.model import ModelSpec, SpecError, assemble, preset
from explorer.outputs.formatting import FLOPS, whole
from explorer.ui.common.tables import csv_button
from explorer.ui.labs.shared import experiment, paper, predict, seen
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choice
from explorer.ui.labs.shared.networks import choose_network
from explorer.ui.labs.shared.timing_experiment import TIMING_FIELDS, cost_by_kind, draw_bars, draw_timing_panels

FIELD = N_("Receptive field, px")
SOLVED = choice(
    "solved",
    N_("Adjust"),
    {N_("width"): N_("width"), N_("depth"): N_("depth")},
    N_("width"),
    N_("The setting of the bottleneck network that makes the MACs equal."),
)


def blocks_question(width: int) -> predict.Question:
    """The question on blocks whose 3x3 convolutions have this many channels."""
    basic, bottleneck = N_("The basic block, far more"), N_("The bottleneck, about four times as many")
    return predict.Question(
        "bottleneck",
        sentence(
            "A basic block has {width} channels; a bottleneck has {outside} channels outside and {width} "
            "inside. Which has more weights?",
            width=width,
            outside=4 * width,
        ),
        (basic, N_("Both about the same"), bottleneck),
        1,
        sentence(
            "{basic} against {bottleneck}: 18 to 17. Two 3 x 3 convolutions on {width} channels cost "
            "about as much as one with two 1 x 1 convolutions to and from {outside} "
            "channels.",
            basic=f"{18 * width**2:,}",
            bottleneck=f"{17 * width**2:,}",
            width=width,
            outside=4 * width,
        ),
        {
            basic: N_(
                "It has two 3 x 3 convolutions instead of one, but the two 1 x 1 of the bottleneck work on "
                "four times as many channels."
            ),
            bottleneck: N_(
                "Only its 1 x 1 convolutions touch the many channels, and they have one weight where a 3 x 3 has nine."
            ),
        },
        seen_of_kinds,
        (
            "18 to 17",
            "the same cost",
            r"18\,w",
        ),
    )


def seen_of_kinds(networks: Mapping[str, ModelSpec]) -> predict.Question | None:
    """Asks which kind of layer has most parameters in the bottleneck network."""
    counted = cost_by_kind(analyse(assemble(networks["bottleneck"])), "params")
    return seen.highest(
        "bottleneck.seen",
        N_("Which kind of layer has the most parameters in the network of bottlenecks?"),
        {kind: [count] for kind, count in counted.items() if count},
    )


def versions_question(networks: Mapping[str, ModelSpec]) -> predict.Question:
    """The question on these two versions; its percentage is computed from them."""
    before, after = (assemble(spec).cost for spec in networks.values())
    more = f"{100 * (after.macs / before.macs - 1):.2g} %"
    none, macs, both = (
        N_("No count: the layers are the same."),
        N_("More MACs, the same parameters."),
        N_("More MACs and more parameters."),
    )
    network = networks["v1"]
    return (
        seen.one_of(
            "versions",
            sentence(
                "v1.5 moves the stride from the first 1 x 1 to the 3 x 3. What does that change in this "
                "network of {depth} layers at {size} pixels?",
                depth=network.depth,
                size=network.image_size,
            ),
            {
                none: N_("The layers are the same, but one of them works on more pixels."),
                macs: N_("No block of this network has a stride."),
                both: N_("A stride moves; no weight is added."),
            },
            none if after.macs == before.macs else macs,
            sentence(
                "The first 1 x 1 of every block with a stride now works on four times as many pixels: "
                "{value} MACs more, {more}. No weight is added: the parameters are {params} "
                "in both.",
                value=f"{after.macs - before.macs:,}",
                more=more,
                params=f"{after.params:,}",
            ),
        )
        .asking(seen_of_versions)
        .told_by("MACs differ", "No weight is added", "times as many pixels", "3.8 G")
    )


def seen_of_versions(networks: Mapping[str, ModelSpec]) -> predict.Question:
    """Asks in how many blocks the MACs differ."""
    table = differences(dict(networks))
    changed, total = len(table) - 1, sum(networks["v1"].stage_blocks)
    every = sentence("In all {total}", total=total)
    strided = (
        sentence("In {changed} of {total}", changed=changed, total=total)
        if changed not in (0, total)
        else N_("In the first one only")
    )
    right = every if changed == total else strided if changed else N_("In none")
    wrong = dict.fromkeys((N_("In none"), strided, every), N_("The table has a row for each block that differs."))
    blocks = ", ".join(table[_("Block")][:-1]) or sentence("No block")
    told = sentence("{blocks}: those with a stride.", blocks=blocks)
    return seen.one_of("versions.seen", N_("In how many blocks do the MACs differ?"), wrong, right, told)


def basic_and_bottleneck(base: ModelSpec, solved: str) -> dict[str, ModelSpec]:
    """The base with basic blocks, and with bottlenecks; `solved` makes their MACs equal. Raises SpecError."""
    basic = replace(base, block="basic", cardinality=1, base_width=64)
    bottleneck = replace(basic, block="bottleneck")
    return {N_("basic"): basic, N_("bottleneck"): solve(bottleneck, assemble(basic).cost.macs, "macs", solved).spec}


def both_versions(base: ModelSpec) -> dict[str, ModelSpec]:
    """The base with the stride on the 1x1 and on the 3x3. Raises SpecError if it has no bottlenecks."""
    if base.block != "bottleneck":
        raise SpecError(
            "block",
            sentence("only a bottleneck has a 1x1 convolution that can have the stride. Choose bottlenecks on Build."),
        )
    return {"v1": replace(base, stride_on="1x1"), "v1.5": replace(base, stride_on="3x3")}


def _draw_blocks_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        own = choose_network("ResNet-34", N_("Your network is the one on Build; its blocks are replaced."))
    with right:
        solved = controls.choice("solved")
    networks = experiment.try_to_make(lambda: basic_and_bottleneck(own or preset("resnet34"), solved))
    question = blocks_question((own or preset("resnet34")).stage_widths[0])
    predict.draw_question(question)
    predict.draw_section(question, "bottleneck", "blocks_count")
    if networks:
        if predict.is_answered(question):
            _draw_shares(networks)
            _draw_counts(networks, "blocks")
            predict.draw_seen(question, networks)
        draw_timing_panels(controls, "blocks", networks, question)
    if predict.is_answered(question):
        paper.draw_rows("he2015", "3", lambda row: row.network.startswith(("ResNet-34", "ResNet-50")))


def _draw_versions_part(controls: Controls) -> None:
    own = choose_network("ResNet-50", N_("Your network is the one on Build; it must have bottlenecks."))
    networks = experiment.try_to_make(lambda: both_versions(own or preset("resnet50")))
    if not networks:
        return
    question = versions_question(networks)
    predict.draw_question(question)
    if predict.is_answered(question):
        _draw_counts(networks, "versions")
        st.dataframe(
            differences(networks), hide_index=True, key="bottleneck.differences", placeholder=_("No block differs.")
        )
        st.caption(
            _(
                "All blocks whose MACs differ. The papers print 3.8 G for v1 (He et al. 2015, Table "
                "1) and 4.1 G for v1.5 "
                "(Xie et al. 2017, Table 1), both at 224 pixels; they call these counts FLOPs. The "
                "receptive field is that "
                "of the last block: in v1 the 3 x 3 comes after the stride, so it sees pixels that are farther apart."
            )
        )
        predict.draw_seen(question, networks)
    draw_timing_panels(controls, "versions", networks, question)


def _draw_counts(networks: dict[str, ModelSpec], key: str) -> None:
    table = counts(networks)
    shown = table.assign(Network=[_(name) for name in table["Network"]]).rename(columns=_)
    st.dataframe(shown, hide_index=True, key=f"bottleneck.{key}.counts", placeholder="")
    csv_button(lambda: table, f"bottleneck-{key}.csv", f"bottleneck.{key}.csv")


def counts(networks: dict[str, ModelSpec]) -> pd.DataFrame:
    """A row for each network: depth, blocks, widths, exact cost, and the side of its receptive field in pixels."""
    costs = {name: assemble(spec).cost for name, spec in networks.items()}
    return pd.DataFrame(
        {
            N_("Network"): list(networks),
            N_("Layers"): [spec.depth for spec in networks.values()],
            N_("Blocks"): ["-".join(map(str, spec.stage_blocks)) for spec in networks.values()],
            N_("Widths"): ["-".join(map(str, spec.stage_widths)) for spec in networks.values()],
            N_("Parameters"): [whole(cost.params) for cost in costs.values()],
            "MACs": [whole(cost.macs) for cost in costs.values()],
            FLOPS: [whole(2 * cost.macs) for cost in costs.values()],
            FIELD: [whole(analyse(assemble(spec)).receptive_field.longest) for spec in networks.values()],
        }
    )


def differences(networks: dict[str, ModelSpec]) -> pd.DataFrame:
    """A row for each block whose MACs differ between two networks of the same blocks, and a row for the network."""
    (first, one), (second, other) = ((name, assemble(spec)) for name, spec in networks.items())
    pairs = [
        (a.path, a.block.cost.macs, b.block.cost.macs)
        for (_one, a), (_other, b) in zip(one.placed_blocks(), other.placed_blocks(), strict=True)
        if a.block.cost.macs != b.block.cost.macs
    ]
    pairs.append((_("network"), one.cost.macs, other.cost.macs))
    return pd.DataFrame(
        [
            {_("Block"): name, _(first): whole(before), _(second): whole(after), _("More"): whole(after - before)}
            for name, before, after in pairs
        ]
    )


def _draw_shares(networks: dict[str, ModelSpec]) -> None:
    """Bars of parameters (left) and MACs (right) by kind of layer."""
    analyses = {name: analyse(assemble(spec)) for name, spec in networks.items()}
    counts = {N_("parameters"): "params", "MACs": "macs"}
    panels = {
        title: {name: cost_by_kind(each, count) for name, each in analyses.items()} for title, count in counts.items()
    }
    draw_bars(panels, "bottleneck.shares")


LAB = Lab(
    "bottleneck",
    6,
    N_("Bottleneck"),
    (
        Part("blocks", N_("Basic against bottleneck"), _draw_blocks_part, (SOLVED, *TIMING_FIELDS)),
        Part("versions", N_("v1 against v1.5"), _draw_versions_part, TIMING_FIELDS),
    ),
)
