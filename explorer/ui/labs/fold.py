"""A lab: layers of three branches, trained, then folded into a plain stack with the same logits."""

from collections.abc import Iterator, Sequence
from math import isfinite
from statistics import median

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.experiments import small_network
from explorer.experiments.catalogue.folding import CONTESTANTS, FoldedNetwork, FoldResult
from explorer.experiments.claims.folding import DEPTH, FOLD_CLAIM, fold_plan
from explorer.language import N_, _, ngettext
from explorer.outputs.formatting import capitalised
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import median_with_range, training_conditions
from explorer.ui.labs.shared.lab import Controls, Lab, Part
from explorer.ui.labs.shared.networks import depth_field

BRANCHES, NORM, BIAS = CONTESTANTS.values()
KERNELS = {"conv3": N_("3x3 branch"), "conv1": N_("1x1 branch"), "identity": N_("identity branch")}
EXACT, NEARLY, LOST = (
    N_("Yes: the outputs differ by rounding alone."),
    N_("Nearly: the outputs differ a little, and so do some of the predicted classes."),
    N_("No: the shortcut is lost, so the network must be trained again."),
)


def seen_of_losses(result: FoldResult) -> predict.Question | None:
    """Asks which network ended with the highest training loss, by all seeds."""
    losses = {
        label: [each.training.train_loss for each in seeds] for label, seeds in charts.by_label(result.networks).items()
    }
    return seen.highest("fold.seen", N_("Which network has the highest training loss at the end?"), losses)


QUESTION = predict.Question(
    "fold",
    N_(
        "A layer adds a 3x3 convolution, a 1x1 convolution and x itself, each with its own batch "
        "norm; a ReLU follows the "
        "sum. After training, can one 3x3 convolution with a bias do the same?"
    ),
    (EXACT, NEARLY, LOST),
    0,
    text.Section("fold", "layers_reveal"),
    {
        NEARLY: N_("Nothing is approximated: each branch is linear, and sums of linear maps are linear."),
        LOST: N_(
            "The shortcut is not lost: it becomes ones in the middle of the kernel, times the factor of its norm."
        ),
    },
    seen_of_losses,
    ("other weights and a bias", "ones on the diagonal"),
)


def _draw_layers_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        depth = controls.whole("depth")
    with right:
        length = short_trainings.length_controls(controls)
    predict.draw_question(QUESTION)
    request = experiment.try_to_make(lambda: fold_plan(length).request(small_network(depth)))
    if request:
        experiment.draw_panel(
            "fold", request, draw, QUESTION, caption=training_conditions(request), claims=(FOLD_CLAIM,)
        )
    if predict.is_answered(QUESTION):
        text.draw_section("fold", "layers_paper")


def draw(result: FoldResult) -> None:
    """Losses in training, a table of the networks before and after folding, sentences, and the folded kernels."""
    charts.draw_training_curves([each.training for each in result.networks], (NORM, BIAS), "fold.chart")
    counts = charts.count_columns(_("Parameters"), "MACs", _("Parameters, folded"), _("MACs, folded"))
    st.dataframe(table(result), hide_index=True, key="fold.table", placeholder="", column_config=counts)
    for sentence in sentences(result.networks):
        st.markdown(sentence)
    _draw_kernels([each for each in result.networks if each.label == BRANCHES and not each.training.diverged])
    for network in result.networks:
        if network.training.diverged:
            st.caption(f"{_(network.label)}: {network.training.diverged}")


def table(result: FoldResult) -> pd.DataFrame:
    """A row for each kind of network: cost before and after, difference of the logits, and what training reached."""
    lines = []
    for label, seeds in charts.by_label(result.networks).items():
        first: FoldedNetwork = seeds[0]
        lines.append(
            {
                _("Network in training"): _(label),
                _("Loss"): median_with_range([each.training.train_loss for each in seeds], ".3g") or _("none"),
                _("Test error, %"): median_with_range([each.training.test_error for each in seeds]) or _("none"),
                _("Parameters"): first.before.params,
                _("Parameters, folded"): first.after.params,
                "MACs": first.before.macs,
                _("MACs, folded"): first.after.macs,
                _("Logits differ by at most (float32)"): _most([each.single for each in seeds]),
                "(float64)": _most([each.double for each in seeds]),
            }
        )
    return pd.DataFrame(lines)


def _most(values: Sequence[float]) -> str:
    finite = [value for value in values if isfinite(value)]
    return f"{max(finite):.2g}" if finite else ""


def sentences(networks: Sequence[FoldedNetwork]) -> Iterator[str]:
    """How the plain networks of the same budget compare, seed by seed."""
    for label in (NORM, BIAS):
        pairs = paired(networks, label)
        if pairs:
            yield comparison_sentence(label, pairs)


def paired(networks: Sequence[FoldedNetwork], label: str) -> list[tuple[FoldedNetwork, FoldedNetwork]]:
    """The network of three branches and the plain one of each seed that both have, and in which neither diverged."""
    sound = [each for each in networks if not each.training.diverged]
    plain = {each.training.seed: each for each in sound if each.label == label}
    return [
        (each, plain[each.training.seed]) for each in sound if each.label == BRANCHES and each.training.seed in plain
    ]


def comparison_sentence(label: str, pairs: Sequence[tuple[FoldedNetwork, FoldedNetwork]]) -> str:
    """How the loss of a plain network that was trained directly compares with that of the network of branches."""
    higher = sum(plain.training.train_loss > branches.training.train_loss for branches, plain in pairs)
    ours, theirs = (median(each[place].training.train_loss for each in pairs) for place in (0, 1))
    errors = [median(each[place].training.test_error for each in pairs) for place in (0, 1)]
    template = ngettext(
        "{network}, trained directly with the same batches: a higher training loss in {higher} of {count} seed "
        "(medians {theirs} against {ours}; test error {their_error} % against {our_error} %).",
        "{network}, trained directly with the same batches: a higher training loss in {higher} of {count} seeds "
        "(medians {theirs} against {ours}; test error {their_error} % against {our_error} %).",
        len(pairs),
    )
    return template.format(
        network=f"**{capitalised(_(label))}**",
        higher=higher,
        count=len(pairs),
        theirs=f"{theirs:.2g}",
        ours=f"{ours:.2g}",
        their_error=f"{errors[1]:.1f}",
        our_error=f"{errors[0]:.1f}",
    )


def _draw_kernels(networks: Sequence[FoldedNetwork]) -> None:
    if not networks:
        return
    figure = go.Figure()
    places = range(1, len(networks[0].layers) + 1)
    for number_, (field, name) in enumerate(KERNELS.items()):
        values = [[getattr(layer, field) or float("nan") for layer in each.layers] for each in networks]
        charts.add_band(figure, places, values, name, charts.line_style(number_))
    upwards = {"title": _("norm of its part of the kernel"), "rangemode": "tozero"}
    charts.draw_figure(figure, "fold.kernels", xaxis={"title": _("layer, from the input")}, yaxis=upwards)
    st.caption(_("What the folded 3x3 kernel is the sum of. A layer that changes the shape has no identity branch."))


LAB = Lab(
    "fold",
    13,
    N_("Fold it"),
    (
        Part(
            "layers",
            N_("Three branches into one"),
            _draw_layers_part,
            (
                depth_field(DEPTH, (8, 14, 20, 32), N_("3x3 layers, and the linear one.")),
                *short_trainings.LENGTH,
            ),
        ),
    ),
)
