"""Lab 5: ResNeXt's paths, their three equal forms, what they cost, and convolutions as wiring."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from explorer.outputs.drawing.resnext_forms import FORMS, BlockSizes, resnext_forms_dot, sizes_of
from explorer.outputs.formatting import whole
from explorer.ui.common import components, theme
from explorer.ui.common.graphviz import laid_out
from explorer.ui.labs.cardinality_forms_check import Outcome, equivalence_jobs
from explorer.ui.labs.equal_cost import draw_cost_part
from explorer.ui.labs.shared import predict
from explorer.ui.labs.shared.controls import Controls
from explorer.ui.labs.shared.lab import Lab, Part
from explorer.ui.labs.shared.networks import choose_network
from explorer.ui.labs.wiring import WIRINGS, Sizes, cost, wiring_svg

POLL_SECONDS = 1.0
FORM_HEIGHT = 400
NO_PATHS = (
    "Your network has no block with paths: that takes bottlenecks and a cardinality of 2 or more. "
    "The sliders' block is shown."
)
QUESTION = predict.Question(
    "forms",
    "The three forms get the same weights and the same images, in double precision. How far apart are their outputs?",
    (
        "Not at all: every digit is equal.",
        "By rounding, about a millionth of a billionth.",
        "By a few per cent: they are different networks.",
    ),
    1,
    "They are one function. Forms that add in another order round differently, so a difference of the order of "
    "$10^{-15}$ may remain: double precision has about 16 digits.",
)


def equation(sizes: BlockSizes) -> str:
    """Eqn. 4 of the paper with a block's sizes filled in, as LaTeX."""
    c, n, d = sizes.cardinality, sizes.channels, sizes.width
    counted = whole(sizes.parameters).replace(",", "{,}")
    return rf"{c}\,({n} \cdot {d} + 3 \cdot 3 \cdot {d} \cdot {d} + {d} \cdot {n}) = {counted}"


def _draw_forms_part(controls: Controls) -> None:
    network, *places = st.columns(4)
    with network:
        own = choose_network(
            "The sliders' block", "Your network is the one on Build; the first block with paths is taken."
        )
        known = sizes_of(own) if own is not None else None
    if own is not None and known is None:
        st.info(NO_PATHS, icon=":material/info:")
    sizes = known or _chosen_sizes(controls, places)
    st.markdown(f"$${equation(sizes)}$$")
    _draw_forms(sizes)
    predict.draw_question(QUESTION)
    at_work = equivalence_jobs().is_at_work(sizes)
    st.fragment(_numbers, run_every=POLL_SECONDS if at_work else None)(sizes, at_work)


def _chosen_sizes(controls: Controls, places: "Sequence[st.delta_generator.DeltaGenerator]") -> BlockSizes:
    with places[0]:
        paths = controls.whole("paths", "Paths C", (1, 2, 4, 8, 16, 32, 64), 32, "The cardinality: groups of the 3x3.")
    with places[1]:
        width = controls.whole("width", "Width d of a path", (1, 2, 4, 8, 14, 24, 40, 64), 4, "Its 3x3's channels.")
    with places[2]:
        channels = controls.whole("outside", "Channels n outside", (64, 128, 256, 512), 256, "In and out of the block.")
    return BlockSizes(paths, width, channels)


def _draw_forms(sizes: BlockSizes) -> None:
    for column, (name, form) in zip(st.columns(len(FORMS)), FORMS.items(), strict=True):
        with column:
            st.markdown(f"**{form.label}**, {form.figure}", help=form.help)
            source = resnext_forms_dot(name, sizes, theme.current())
            svg = laid_out(source)
            if svg is None:
                st.graphviz_chart(source, width="stretch")
            else:
                components.drawing(svg, f"The block as {form.label}.", key=f"cardinality.{name}", height=FORM_HEIGHT)


def _numbers(sizes: BlockSizes, was_at_work: bool) -> None:
    """The comparison in a process of its own: the button, the wait, and what came of it."""
    manager = equivalence_jobs()
    outcome, at_work = manager.outcome(sizes), manager.is_at_work(sizes)
    if was_at_work and not at_work:
        st.rerun()
    if at_work:
        st.info("Three networks are being built and compared; a few seconds.", icon=":material/hourglass:")
        return
    if outcome is None or isinstance(outcome, str):
        if isinstance(outcome, str):
            st.error(outcome, icon=":material/error:")
        if st.button("Compare the three forms, about 4 s", type="primary", key="cardinality.compare"):
            if trouble := manager.order(sizes):
                st.warning(trouble, icon=":material/hourglass_disabled:")
            else:
                st.rerun()
    elif predict.is_answered(QUESTION):
        _draw_outcome(sizes, outcome)
    else:
        st.info("Computed; answer the question above to see it.", icon=":material/visibility_off:")


def _draw_outcome(sizes: BlockSizes, outcome: Outcome) -> None:
    table = frame(outcome)
    st.dataframe(
        table.assign(parameters=[whole(each) for each in table["parameters"]]),
        hide_index=True,
        key="cardinality.outcome",
        column_config={
            "form": "Form",
            "figure": "Figure",
            "parameters": "Parameters of its convolutions",
            "largest_difference": st.column_config.NumberColumn("Largest difference", format="%.2g"),
        },
    )
    st.caption(
        "Same weights, norms with random statistics, two random images of 8 x 8 pixels, double precision; the "
        "difference is the largest of any output from the grouped form's, which is what is built and trained here."
    )
    st.download_button(
        "Download CSV",
        table.to_csv(index=False),
        f"forms-{sizes.cardinality}x{sizes.width}d.csv",
        "text/csv",
        key="cardinality.csv",
        icon=":material/download:",
        on_click="ignore",
    )


def frame(outcome: Outcome) -> pd.DataFrame:
    """A row for each form."""
    return pd.DataFrame(
        [
            {
                "form": FORMS[each.form].label,
                "figure": FORMS[each.form].figure,
                "parameters": each.parameters,
                "largest_difference": each.largest_difference,
            }
            for each in outcome
            if not isinstance(each, str)
        ]
    )


def _draw_wiring_part(controls: Controls) -> None:
    left, middle, right = st.columns(3)
    with left:
        inputs = controls.whole("inputs", "Channels in", (4, 8, 16, 32), 8)
        outputs = controls.whole("outputs", "Channels out", (4, 8, 16, 32), 8, "Depthwise gives as many as go in.")
    with middle:
        groups = controls.whole("groups", "Groups", (1, 2, 4), 4, "Of the grouped convolution.")
        kernel = controls.whole("kernel", "Kernel k", (1, 3, 5, 7), 3, "Pixels a side.")
    with right:
        side = controls.whole("side", "Map, pixels a side", (7, 14, 28, 56), 56, "The same in and out: stride 1.")
    sizes = Sizes(inputs, outputs, groups, kernel, side)
    dense = cost(WIRINGS["dense"], sizes)
    for column, (name, wiring) in zip(st.columns(len(WIRINGS)), WIRINGS.items(), strict=True):
        found = cost(wiring, sizes)
        with column, st.container(border=True, key=f"wiring.{name}"):
            st.markdown(f"**{wiring.label}**")
            st.image(wiring_svg(wiring, sizes, theme.current()), width="stretch")
            st.markdown(f"$${wiring.formula(sizes)} = {whole(found.params).replace(',', '{,}')}$$")
            st.markdown(
                f"{whole(found.params)} parameters  \n{whole(found.macs)} MACs  \n"
                f"{100 * found.macs / dense.macs:.1f} % of dense"
            )
            st.caption(wiring.help)
    st.caption(
        f"Parameters without bias. MACs are parameters times {side} x {side} positions, for one image; "
        "FLOPs are twice the MACs."
    )


LAB = Lab(
    "cardinality",
    5,
    "Cardinality",
    (
        Part("forms", "Three equal forms", _draw_forms_part),
        Part("cost", "Equal cost, twice the cost", draw_cost_part),
        Part("wiring", "Convolutions as wiring", _draw_wiring_part),
    ),
)
