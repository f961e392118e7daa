"""The time that networks take on this machine, as a laboratory's experiment."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.model import ModelSpec
from explorer.runs.probes import ProbeRequest, Subject
from explorer.runs.probes.measured import MeasuredNetwork, MeasureResult
from explorer.ui.labs import charts, experiment
from explorer.ui.labs.controls import Controls

SIZES = {"32": "32 px", "64": "64 px", "128": "128 px", "224": "224 px"}
PASSES = {"inference": "forward", "both": "forward and backward"}


def time_them(controls: Controls, name: str, networks: Mapping[str, ModelSpec]) -> None:
    """Measures the networks in a process of their own, at a size of image that can be chosen."""
    st.markdown("#### Time on this machine")
    left, right = st.columns(2)
    with left:
        size = controls.choice("size", "Images", SIZES, "128", "Pixels a side; MACs grow with their square.")
    with right:
        passes = controls.choice("passes", "Pass", PASSES, "inference", "Backward takes about twice forward's time.")
    request = experiment.asked(
        lambda: ProbeRequest(
            "measure",
            tuple(Subject(label, replace(spec, image_size=int(size))) for label, spec in networks.items()),
            parameters={"passes": passes},
        )
    )
    if request:
        experiment.show(experiment.Experiment(f"time-{name}", request, draw, frame))


def draw(result: MeasureResult) -> None:
    """A table of times with their spread, and the forward pass stage by stage."""
    st.dataframe(table(result), hide_index=True, key="time.table", placeholder="")
    figure = go.Figure()
    for position, network in enumerate(result.networks):
        stages = by_stage(network)
        figure.add_bar(
            x=list(stages),
            y=[1000 * seconds for seconds in stages.values()],
            name=network.label,
            marker_color=charts.line(position)["color"],
            hovertemplate="%{x}<br>%{y:.2f} ms<extra>%{fullData.name}</extra>",
        )
    figure.update_yaxes(title="ms, forward")
    charts.show(figure, "time.chart", 300)
    st.caption(
        f"{result.device_name}, {result.precision}, {result.threads} thread, batch {result.batch_size}, torch "
        f"{result.versions.get('torch', '')}. Medians; equal MACs need not take equal time, and another machine may "
        "order them otherwise. Times of stages are taken one block at a time."
    )


def by_stage(network: MeasuredNetwork) -> dict[str, float]:
    """Seconds of a forward pass, stage by stage."""
    stages: dict[str, float] = {}
    for each in network.blocks:
        stage = each.block.partition(".")[0]
        stages[stage] = stages.get(stage, 0.0) + each.seconds
    return stages


def table(result: MeasureResult) -> pd.DataFrame:
    """A row for each network and pass."""
    return pd.DataFrame(
        [
            {
                "Network": network.label,
                "Pass": timing.name,
                "Median, ms": f"{1000 * timing.median:.2f}",
                "Quartiles, ms": f"{1000 * timing.lower_quartile:.2f} to {1000 * timing.upper_quartile:.2f}",
                "MACs": f"{network.macs:,}",
                "G MACs a second": f"{network.macs * result.batch_size / timing.median / 1e9:.1f}"
                if timing.name == "forward"
                else "",
            }
            for network in result.networks
            for timing in network.timings
        ]
    )


def frame(result: MeasureResult) -> pd.DataFrame:
    """Every time that was measured, of passes and of blocks, in seconds."""
    passes = [
        {"network": network.label, "part": timing.name, "seconds": timing.median, "repeats": timing.repeats}
        for network in result.networks
        for timing in network.timings
    ]
    blocks = [
        {"network": network.label, "part": each.block, "seconds": each.seconds}
        for network in result.networks
        for each in network.blocks
    ]
    return pd.DataFrame([*passes, *blocks])
