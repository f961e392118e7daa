"""Lab 1: untrained layers inserted into a trained network."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.experiments import small_network
from explorer.experiments.catalogue.inserted_layers import INSERTED, DeeperNetwork, InsertedResult
from explorer.experiments.claims.copying import COUNTS, DEPTH, INSERT_CLAIM, SEEDS, insert_plan
from explorer.language import N_, _, sentence
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import median_with_range, training_conditions
from explorer.ui.labs.shared.lab import Controls, Part, choices

OFFERED = {str(count): str(count) for count in (1, 2, 3, 5, 9)}
NO_LAYERS, NEITHER = (
    N_("Residual blocks whose branches are silent."),
    N_("Neither: the network was not trained with them."),
)
PLAIN_TOO = N_("Both: the trained layers stay as they are.")


def seen_of_usual(result: InsertedResult) -> predict.Question | None:
    """Asks what blocks from the usual start did to the error; None where they were not measured."""
    found = [each for each in result.networks if each.inserted == "usual"]
    if not found:
        return None
    harmless = all(each.error <= each.before + 1 for each in found)
    nothing, rose = N_("Nothing: the shortcut passes on x."), N_("It rose.")
    return seen.one_of(
        "insert.seen",
        N_("And residual blocks **as they usually start**: what did they do to the test error?"),
        dict.fromkeys((nothing, rose), N_("The table says otherwise.")),
        nothing if harmless else rose,
        sentence(
            "As measured here: from {before} % to {after} %. Beside the shortcut each random branch adds "
            "something of its own.",
            before=median_with_range([each.before for each in found]),
            after=median_with_range([each.error for each in found]),
        ),
    )


QUESTION = predict.Question(
    "insert",
    N_(
        "A network of 8 layers is trained. Then untrained layers are put between its stages, without "
        "any more training. "
        "After which of them is its test error still the same: residual blocks whose branches are silent (their last "
        "normalisation has the scale 0), or plain layers with random weights?"
    ),
    (NO_LAYERS, PLAIN_TOO, NEITHER),
    0,
    text.Section("degradation", "insert_reveal"),
    {
        PLAIN_TOO: N_(
            "Random plain layers mix everything that passes through them; the layers behind them were trained "
            "on something else."
        ),
        NEITHER: N_("What passes on its input exactly changes nothing, trained or not."),
    },
    seen_of_usual,
    ("exactly the same error", "only guesses"),
)


def _draw_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        counts = controls.choices("counts")
    with right:
        seeds = controls.whole("seeds")
    predict.draw_question(QUESTION)
    request = experiment.try_to_make(
        lambda: insert_plan([int(each) for each in counts], seeds).request(small_network(DEPTH))
    )
    if request is not None:
        caption = _("Norms use the statistics of each test batch. {conditions}").format(
            conditions=training_conditions(request)
        )
        experiment.draw_panel("insert", request, draw, QUESTION, claims=(INSERT_CLAIM,), caption=caption)


def groups(result: InsertedResult) -> dict[str, dict[int, list[DeeperNetwork]]]:
    """The networks by what was inserted, then by how many blocks in each stage; one for each seed."""
    found: dict[str, dict[int, list[DeeperNetwork]]] = {}
    for each in result.networks:
        found.setdefault(each.inserted, {}).setdefault(each.count, []).append(each)
    return found


def draw(result: InsertedResult) -> None:
    """A curve of the test error for each kind of layers, over the number of inserted blocks; a table."""
    figure = go.Figure()
    for position, (kind, by_count) in enumerate(groups(result).items()):
        seeds = [_errors(by_count, place) for place in range(min(map(len, by_count.values())))]
        charts.add_band(figure, (0, *by_count), seeds, INSERTED[kind], charts.line_style(position, kind == "plain"))
    across = {"title": _("inserted blocks in each stage")}
    charts.draw_figure(figure, "insert.chart", xaxis=across, yaxis={"title": _("test error, %"), "rangemode": "tozero"})
    st.dataframe(table(result), hide_index=True, key="insert.table", placeholder="")


def _errors(by_count: dict[int, list[DeeperNetwork]], place: int) -> Sequence[float]:
    first = next(iter(by_count.values()))[place].before
    return [first, *(found[place].error for found in by_count.values())]


def table(result: InsertedResult) -> pd.DataFrame:
    """A row for each kind and number of inserted blocks: layers, and test errors over the seeds."""
    return pd.DataFrame(
        [
            {
                _("Inserted"): _(INSERTED[kind]),
                _("In each stage"): count,
                _("Layers"): found[0].layers,
                _("Test error before, %"): median_with_range([each.before for each in found]),
                _("Test error, %"): median_with_range([each.error for each in found]),
            }
            for kind, by_count in groups(result).items()
            for count, found in by_count.items()
        ]
    )


INSERT_PART = Part(
    "insert",
    N_("Insert layers"),
    _draw_part,
    (
        choices(
            "counts",
            N_("Inserted blocks"),
            OFFERED,
            tuple(map(str, COUNTS)),
            N_("Blocks added to each of three stages."),
        ),
        replace(short_trainings.SEEDS, default=SEEDS),
    ),
)
