"""The picture of what the weights say: how far each candidate network is from what the file's norms remember."""

import plotly.graph_objects as go
import streamlit as st

from explorer.identify.records import Evidence, Identification
from explorer.model import ModelSpec
from explorer.model.controls import CONTROLS
from explorer.ui.build.value_texts import field_text
from explorer.ui.common import theme
from explorer.ui.common.chart_downloads import lay_out, show_chart

MOST_CANDIDATES = 6
HEIGHT = 360


def evidence_chart(found: Identification) -> None:
    """One dot a norm for the best candidates; lower is nearer to what the norms remember."""
    st.markdown("**What the weights say**")
    figure = go.Figure()
    for position, each in enumerate(found.evidence[:MOST_CANDIDATES]):
        figure.add_scatter(
            x=list(range(1, len(each.by_norm) + 1)),
            y=list(each.by_norm),
            mode="markers",
            name=candidate_name(each, found.evidence[0].spec),
            marker={"color": theme.current().chart[position % 10]},
        )
    lay_out(
        figure,
        HEIGHT,
        xaxis={"title": "norm, from the input to the output"},
        yaxis={"title": "difference of log variances", "type": "log"},
    )
    show_chart(figure, "file.evidence", "Distance of each candidate network at each norm.", "evidence")
    st.caption(
        "A trained batch norm keeps the variance of what flowed into it. Each candidate network is shown the same"
        " images; a dot is the mean absolute difference between the logarithms of the kept and of the observed"
        " variances at one norm."
    )


def candidate_name(each: Evidence, best: ModelSpec) -> str:
    """What a candidate has otherwise than the best one, and its distance."""
    changed = [
        f"{CONTROLS[name].label}: {field_text(name, getattr(each.spec, name))}"
        for name in CONTROLS
        if getattr(each.spec, name) != getattr(best, name)
    ]
    error = f", error {each.error:.1f} %" if each.error is not None else ""
    return f"{'; '.join(changed) or 'best'} ({each.distance:.3f}{error})"
