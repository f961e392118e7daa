"""What the weights say: the button that asks them, and how far each candidate is from what the norms remember."""

import plotly.graph_objects as go
import streamlit as st

from explorer.datasets.catalogue import dataset_label
from explorer.datasets.library import is_present, readable_facts
from explorer.identify.records import Evidence, Identification
from explorer.jobs.identification import PHOTOGRAPHS
from explorer.language import _
from explorer.model import ModelSpec
from explorer.model.controls import CONTROLS
from explorer.outputs.identification import measured
from explorer.ui.build.opened_file import OpenedFile, ask_weights
from explorer.ui.build.value_texts import field_text
from explorer.ui.common import theme
from explorer.ui.common.chart_downloads import lay_out, show_chart
from explorer.ui.common.remembered_widgets import menu
from explorer.ui.common.visitor import visitor

MOST_CANDIDATES = 6
IMAGES = "file.images"
HEIGHT = 360


def draw_weighing(file: OpenedFile, spec: ModelSpec) -> None:
    """A choice of images, and the button that asks the values of the file's tensors on them."""
    offered = {PHOTOGRAPHS: _("Crops of two photographs"), **{name: dataset_label(name) for name in _data_sets(spec)}}
    with st.container(horizontal=True, vertical_alignment="bottom", key="file.weigh.row"):
        images = menu(
            IMAGES,
            _("Images"),
            offered,
            PHOTOGRAPHS,
            help=_("Those that the network was trained on tell most: their labels decide what the norms leave open."),
            width=280,
        )
        st.button(
            _("Ask the weights"),
            icon=":material/balance:",
            key="file.weigh",
            on_click=ask_weights,
            args=(file, images),
            help=_(
                "Runs networks that have these shapes on the images, and compares with what the file's norms remember."
                " Some seconds on a free processor."
            ),
        )


def _data_sets(spec: ModelSpec) -> list[str]:
    """The data sets on this machine that have the network's channels."""
    known = readable_facts(visitor())
    return [facts.name for facts in known if facts.channels == spec.in_channels and is_present(facts.name)]


def evidence_chart(found: Identification) -> None:
    """One dot a norm for the best candidates; lower is nearer to what the norms remember."""
    st.markdown(_("**What the weights say**"))
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
        xaxis={"title": _("norm, from the input to the output")},
        yaxis={"title": _("difference of kept and seen statistics"), "type": "log"},
    )
    show_chart(figure, "file.evidence", _("Distance of each candidate network at each norm."), "evidence")
    st.caption(
        _(
            "A trained batch norm keeps the mean and the variance of what flowed into it. Each candidate network is"
            " shown the same images; a dot is the geometric mean of two differences at one norm: between the logarithms"
            " of the kept and of the seen variances, and between the kept and the seen means, in kept deviations. A"
            " candidate that is certain to be too far is not run to its end."
        )
    )


def candidate_name(each: Evidence, best: ModelSpec) -> str:
    """What a candidate has otherwise than the best one, and its distance."""
    changed = [
        f"{_(CONTROLS[name].label)}: {field_text(name, getattr(each.spec, name))}"
        for name in CONTROLS
        if getattr(each.spec, name) != getattr(best, name)
    ]
    return f"{'; '.join(changed) or _('best')} ({measured(each)})"
