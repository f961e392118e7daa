"""Cost and time of networks by kind of layer: the kinds, their bars, and the experiments that measure the time."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from explorer.analysis.network import Analysis, LayerRow, analyse
from explorer.experiments import ExperimentRequest, Subject
from explorer.experiments.catalogue.layer_times import LayerTimesResult
from explorer.experiments.catalogue.measure import MeasuredNetwork, MeasureResult
from explorer.language import N_, _
from explorer.model import ModelSpec, assemble
from explorer.ui.labs.shared import charts, experiment
from explorer.ui.labs.shared.lab import Controls, choice
from explorer.ui.labs.shared.questions import Question, asked
from explorer.ui.measuring.differences import INTERVALS, sentences
from explorer.ui.measuring.panel import conditions, draw_busy

SIZES = {"32": "32 px", "64": "64 px", "128": "128 px", "224": "224 px"}
PASSES = {"inference": N_("forward"), "both": N_("forward and backward")}
TIMING_FIELDS = (
    choice("size", N_("Images"), SIZES, "128", N_("Pixels on each side. MACs grow with the square of the side.")),
    choice(
        "passes",
        N_("Pass"),
        PASSES,
        "inference",
        N_("The backward pass takes about twice as long as the forward pass."),
    ),
)
"""The fields of a part with timing panels."""
KINDS = (
    "3 x 3",
    "1 x 1",
    N_("1 x 1 on the shortcut"),
    N_("stem"),
    N_("head"),
    N_("norms"),
    N_("ReLU, sums and others"),
)
CLOCK_OUTSIDE = N_("whole pass, clock outside")
"""The last row of the table of kinds."""


def kind_of(row: LayerRow) -> str:
    """The one of `KINDS` in which a layer is counted."""
    if row.stage in ("stem", "head"):
        return row.stage
    if row.op.startswith("Conv"):
        if row.kernel != 1:
            return KINDS[0]
        return KINDS[2] if row.role == "shortcut" else KINDS[1]
    return KINDS[5] if "Norm" in row.op else KINDS[6]


def cost_by_kind(analysis: Analysis, count: str) -> dict[str, int]:
    """A network's parameters (`count` is "params") or MACs ("macs") by kind of layer."""
    summed: Counter[str] = Counter()
    for row in analysis.layers:
        summed[kind_of(row)] += getattr(row, count)
    return {kind: summed[kind] for kind in KINDS}


def draw_bars(panels: Mapping[str, Mapping[str, Mapping[str, float]]], key: str, number_format: str = ",") -> None:
    """Stacked bars: a panel for each title, a bar for each network, a colour for each kind with a cost above 0."""
    titles = list(panels)
    figure = make_subplots(
        1, len(titles), subplot_titles=[_(title) for title in titles], shared_yaxes=True, horizontal_spacing=0.05
    )
    for position, kind in enumerate(KINDS):
        costs = {title: [each[kind] for each in panels[title].values()] for title in titles}
        if not any(any(each) for each in costs.values()):
            continue
        for column, title in enumerate(titles, 1):
            figure.add_trace(
                go.Bar(
                    y=[_(network) for network in panels[title]],
                    x=costs[title],
                    name=_(kind),
                    legendgroup=kind,
                    showlegend=column == 1,
                    orientation="h",
                    marker_color=charts.line_style(position)["color"],
                    hovertemplate=f"%{{x:{number_format}}}<extra>%{{fullData.name}}</extra>",
                ),
                row=1,
                col=column,
            )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(exponentformat="SI")
    charts.draw_figure(figure, key, 300)


def draw_timing_panels(
    controls: Controls, name: str, networks: Mapping[str, ModelSpec], question: Question | None = None
) -> None:
    """Panels that measure the networks in a process of their own: whole passes, then single layers.

    Results are hidden until the `question`, if there is one, is answered.
    """
    asked_before = None if question is None else asked(question)
    st.markdown(_("#### Time on this machine"))
    left, right = st.columns(2)
    with left:
        size = controls.choice("size")
    with right:
        passes = controls.choice("passes")
    subjects = experiment.try_to_make(
        lambda: tuple(Subject(label, replace(spec, image_size=int(size))) for label, spec in networks.items())
    )
    if subjects is None:
        return
    request = experiment.try_to_make(lambda: ExperimentRequest("measure", subjects, parameters={"passes": passes}))
    if request:
        experiment.draw_panel(f"time-{name}", request, draw_times, asked_before)
    _time_layers(name, subjects, asked_before)


def _time_layers(name: str, subjects: tuple[Subject, ...], question: Question | None) -> None:
    """Times of single layers: an experiment of its own, since reading the clock for each layer takes time itself."""
    st.markdown(_("#### Where the time goes"))
    request = ExperimentRequest("layer_times", subjects)
    experiment.draw_panel(
        f"layers-{name}",
        request,
        lambda result: draw_kinds(result, request, f"kinds-{name}"),
        question,
        make_table=partial(layer_frame, request),
    )


def milliseconds_by_kind(result: LayerTimesResult, request: ExperimentRequest) -> dict[str, dict[str, float]]:
    """Milliseconds of a forward pass by kind of layer, for each network."""
    times: dict[str, dict[str, float]] = {}
    for _path, kind, label, seconds in _layers(result, request):
        spent = times.setdefault(label, dict.fromkeys(KINDS, 0.0))
        spent[kind] += 1000 * seconds
    return times


def _layers(result: LayerTimesResult, request: ExperimentRequest) -> Iterator[tuple[str, str, str, float]]:
    """Path, kind, network and seconds of every layer."""
    specs = {subject.label: subject.spec for subject in request.networks}
    for network in result.networks:
        rows = {row.path: row for row in analyse(assemble(specs[network.label])).layers}
        for layer in network.layers:
            yield layer.path, kind_of(rows[layer.path]), network.label, layer.seconds


def draw_kinds(result: LayerTimesResult, request: ExperimentRequest, key: str) -> None:
    """Time by kind of layer: bars, and a table with the shares of time and of MACs."""
    draw_bars({_("ms, forward"): milliseconds_by_kind(result, request)}, key, ".2f")
    st.dataframe(kinds_table(result, request), hide_index=True, key=f"{key}.table", placeholder="")
    st.caption(
        _(
            "{device}, fp32, batch {batch}. Medians of single layers. Reading the clock for each layer takes time, so "
            "their sum is somewhat more than the time of a whole pass. Norms and ReLU have no MACs "
            "but still take time: "
            "they wait for memory."
        ).format(device=result.device_name, batch=result.batch_size)
    )


def kinds_table(result: LayerTimesResult, request: ExperimentRequest) -> pd.DataFrame:
    """A row for each kind: time, share of time and share of MACs in each network. The last row is a whole pass."""
    times = milliseconds_by_kind(result, request)
    specs = {subject.label: subject.spec for subject in request.networks}
    lines = []
    for kind in KINDS:
        line: dict[str, object] = {_("Kind"): _(kind)}
        for label, spent in times.items():
            name, macs = _(label), cost_by_kind(analyse(assemble(specs[label])), "macs")
            line[f"{name}, ms"] = f"{spent[kind]:.2f}"
            line[_("{network}, time").format(network=name)] = f"{spent[kind] / max(sum(spent.values()), 1e-9):.0%}"
            line[f"{name}, MACs"] = f"{macs[kind] / sum(macs.values()):.0%}"
        if any(spent[kind] for spent in times.values()):
            lines.append(line)
    whole: dict[str, object] = {_("Kind"): _(CLOCK_OUTSIDE)}
    for network in result.networks:
        whole[f"{_(network.label)}, ms"] = f"{1000 * network.whole:.2f}"
    return pd.DataFrame([*lines, whole]).fillna("")


def layer_frame(request: ExperimentRequest, result: LayerTimesResult) -> pd.DataFrame:
    """Every layer's time in seconds, with its kind."""
    rows = [(label, path, kind, seconds) for path, kind, label, seconds in _layers(result, request)]
    return pd.DataFrame(rows, columns=["network", "layer", "kind", "seconds"])


def draw_times(result: MeasureResult) -> None:
    """A table of times with their intervals, what they show, and the forward pass stage by stage."""
    draw_busy(result)
    st.dataframe(times_table(result), hide_index=True, key="time.table", placeholder="")
    if len(result.networks) > 1 and all(network.timings for network in result.networks):
        names = [_(network.label) for network in result.networks]
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences(names, result.networks)))
        st.caption(_(INTERVALS))
    figure = go.Figure()
    styles = charts.network_styles([network.label for network in result.networks])
    for network in result.networks:
        stages = seconds_by_stage(network)
        figure.add_bar(
            x=list(stages),
            y=[1000 * seconds for seconds in stages.values()],
            name=_(network.label),
            marker_color=styles[network.label]["color"],
            hovertemplate="%{x}<br>%{y:.2f} ms<extra>%{fullData.name}</extra>",
        )
    charts.draw_figure(figure, "time.chart", 300, yaxis={"title": _("ms, forward")})
    st.caption(
        _(
            "{conditions} Medians. Equal MACs can take different times, and the order can differ on "
            "another machine. The "
            "time of a stage is the sum of its blocks, each measured alone."
        ).format(conditions=conditions(result))
    )


def seconds_by_stage(network: MeasuredNetwork) -> dict[str, float]:
    """Seconds of a forward pass, stage by stage."""
    stages: dict[str, float] = {}
    for each in network.blocks:
        stage = each.block.partition(".")[0]
        stages[stage] = stages.get(stage, 0.0) + each.seconds
    return stages


def times_table(result: MeasureResult) -> pd.DataFrame:
    """A row for each network and pass."""
    return pd.DataFrame(
        [
            {
                _("Network"): _(network.label),
                _("Pass"): _(timing.name),
                _("Median, ms"): f"{1000 * timing.median:.2f}",
                _("Interval, ms"): _("{low} to {high}").format(
                    low=f"{1000 * timing.interval.low:.2f}", high=f"{1000 * timing.interval.high:.2f}"
                ),
                "MACs": f"{network.macs:,}",
                _("G MACs a second"): f"{network.macs * result.batch_size / timing.median / 1e9:.1f}"
                if timing.name == "forward"
                else "",
            }
            for network in result.networks
            for timing in network.timings
        ]
    )
