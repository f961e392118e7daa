"""Three equal forms of ResNeXt's block, drawn, counted and compared: a part of lab 5."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from explorer.jobs.verification import FormDifferences, start_equivalence
from explorer.language import N_, _, sentence
from explorer.outputs.drawing.resnext_forms import FORMS, BlockSizes, resnext_forms_dot, sizes_of
from explorer.outputs.formatting import whole
from explorer.ui.common import theme
from explorer.ui.common.graphviz import draw_graph
from explorer.ui.common.refresh import Check, refreshed
from explorer.ui.common.tables import csv_button
from explorer.ui.labs.shared import predict, seen
from explorer.ui.labs.shared.lab import Controls, Part, number
from explorer.ui.labs.shared.networks import choose_network
from explorer.ui.measuring.child_jobs import ChildJobs, Handle

BLOCK_FIELDS = (
    number("paths", N_("Paths C"), (1, 2, 4, 8, 16, 32, 64), 32, N_("The cardinality: the groups of the 3x3.")),
    number("width", N_("Width d of a path"), (1, 2, 4, 8, 14, 24, 40, 64), 4, N_("The channels of its 3x3.")),
    number(
        "outside",
        N_("Channels n outside"),
        (64, 128, 256, 512),
        256,
        N_("The channels of the block's input and output."),
    ),
)
POLL_SECONDS = 1.0
FORM_HEIGHT = 480
NO_PATHS = N_(
    "Your network has no block with several paths: those need bottlenecks and a cardinality of 2 or more. "
    "The block of the sliders is shown."
)
Outcome = FormDifferences | str
"""The three forms, or an error message."""
MORE_THAN_ROUNDING = 1e-12


def seen_of_forms(outcome: Outcome) -> predict.Question:
    """Asks how many forms differ by more than rounding."""
    found = frame(outcome)
    above = int((found["largest_difference"] > MORE_THAN_ROUNDING).sum())
    options = {N_("None of them"): N_("The table has a larger one."), N_("One or two"): "", N_("All three"): ""}
    options |= dict.fromkeys(
        (N_("One or two"), N_("All three")), N_("The largest difference in the table is far smaller.")
    )
    right = tuple(options)[min(above, 1) + (above > 2)]
    largest = found["largest_difference"].max()
    return seen.one_of(
        "forms.seen",
        N_("How many of the three forms differ from the grouped one by more than $10^{-12}$?"),
        options,
        right,
        sentence("The largest difference of any output, as computed here: {largest}.", largest=f"{largest:.2g}"),
    )


QUESTION = predict.Question(
    "forms",
    N_(
        "The three forms get the same weights and the same images, in double precision. How much do "
        "their outputs differ?"
    ),
    (
        N_("Not at all: every digit is equal."),
        N_("By rounding, about a millionth of a billionth."),
        N_("By a few percent: they are different networks."),
    ),
    1,
    N_(
        "With the same weights all three are one function. Forms that add in different orders round differently, so a "
        "difference of about $10^{-15}$ may remain: double precision has about 16 digits."
    ),
    {
        N_("Not at all: every digit is equal."): N_(
            "The sums are the same, but they are added in different orders, and each order rounds differently."
        ),
        N_("By a few percent: they are different networks."): N_(
            "They look different, but every product of a weight and an input occurs in all of them, and all are added."
        ),
    },
    seen_of_forms,
    (
        "one function",
        "round differently",
        "equal forms",
    ),
)


@st.cache_resource(show_spinner=False)
def equivalence_jobs() -> ChildJobs[BlockSizes, Outcome]:
    """The comparisons of this server, by the sizes of the block."""

    def start(sizes: BlockSizes) -> Handle[Outcome]:
        return start_equivalence(sizes.cardinality, sizes.width, sizes.channels)

    return ChildJobs(start, str, most_running=2)


def equation(sizes: BlockSizes) -> str:
    """Eqn. 4 of Xie et al. 2017 with the sizes of a block, as LaTeX."""
    c, n, d = sizes.cardinality, sizes.channels, sizes.width
    counted = whole(sizes.parameters).replace(",", "{,}")
    return rf"{c}\,({n} \cdot {d} + 3 \cdot 3 \cdot {d} \cdot {d} + {d} \cdot {n}) = {counted}"


def _draw_forms_part(controls: Controls) -> None:
    network, *places = st.columns(4)
    with network:
        own = choose_network(
            N_("The sliders' block"),
            N_("Your network is the one on Build; its first block with several paths is shown."),
        )
        own_sizes = sizes_of(own) if own is not None else None
    if own is not None and own_sizes is None:
        st.info(_(NO_PATHS), icon=":material/info:")
    sizes = own_sizes or _chosen_sizes(controls, places)
    _draw_forms(sizes)
    predict.draw_question(QUESTION)
    if predict.is_answered(QUESTION):
        predict.draw_section(QUESTION, "cardinality", "forms_equal")
        st.markdown(f"$${equation(sizes)}$$")
    active = equivalence_jobs().ahead(sizes) is not None
    refreshed(partial(_comparison_panel, sizes), POLL_SECONDS, active=active)


def _chosen_sizes(controls: Controls, places: "Sequence[st.delta_generator.DeltaGenerator]") -> BlockSizes:
    with places[0]:
        paths = controls.whole("paths")
    with places[1]:
        width = controls.whole("width")
    with places[2]:
        channels = controls.whole("outside")
    return BlockSizes(paths, width, channels)


def _draw_forms(sizes: BlockSizes) -> None:
    with st.container(key="cardinality.forms"):
        columns = st.columns(len(FORMS))
    for column, (name, form) in zip(columns, FORMS.items(), strict=True):
        with column:
            st.markdown(f"**{_(form.label)}**, {_(form.figure)}", help=_(form.help))
            source = resnext_forms_dot(name, sizes, theme.current())
            draw_graph(
                source,
                _("The block as {label}.").format(label=_(form.label)),
                key=f"cardinality.{name}",
                height=FORM_HEIGHT,
            )


def _comparison_panel(sizes: BlockSizes, check: Check) -> None:
    """The panel of the comparison, which runs in a process of its own: button, progress, result or error message."""
    jobs = equivalence_jobs()
    outcome = jobs.result(sizes)
    running = jobs.ahead(sizes) is not None
    check(running)
    if running:
        st.info(_("Building and comparing three networks. This takes a few seconds."), icon=":material/hourglass:")
        return
    if outcome is None or isinstance(outcome, str):
        if isinstance(outcome, str):
            st.error(outcome, icon=":material/error:")
        if st.button(_("Compare the three forms, about 4 s"), type="primary", key="cardinality.compare"):
            if jobs.order(sizes):
                st.rerun()
            st.warning(
                _("Too many comparisons are waiting; try again in a minute."), icon=":material/hourglass_disabled:"
            )
    elif predict.is_answered(QUESTION):
        _draw_outcome(sizes, outcome)
        predict.draw_seen(QUESTION, outcome)
    else:
        st.info(_("Computed. Answer the question above to see the result."), icon=":material/visibility_off:")


def _draw_outcome(sizes: BlockSizes, outcome: Outcome) -> None:
    table = frame(outcome)
    st.dataframe(
        table.assign(
            form=[_(each) for each in table["form"]],
            figure=[_(each) for each in table["figure"]],
            parameters=[whole(each) for each in table["parameters"]],
        ),
        hide_index=True,
        key="cardinality.outcome",
        column_config={
            "form": _("Form"),
            "figure": _("Figure"),
            "parameters": _("Parameters of its convolutions"),
            "largest_difference": st.column_config.NumberColumn(_("Largest difference"), format="%.2g"),
        },
    )
    st.caption(
        _(
            "Same weights, norms with random statistics, two random images of 8 x 8 pixels, double precision. The "
            "difference is the largest of any output from that of the grouped form, which is the "
            "form that this app uses."
        )
    )
    csv_button(lambda: table, f"forms-{sizes.cardinality}x{sizes.width}d.csv", "cardinality.csv")


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


FORMS_PART = Part("forms", N_("Three forms"), _draw_forms_part, BLOCK_FIELDS)
