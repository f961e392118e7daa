"""The view *File*: a file of weights becomes the network; what it is, what it leaves open, what it expects."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

import pandas as pd
import streamlit as st

from explorer.identify.records import Grade, Identification
from explorer.jobs.one_shot import Progress
from explorer.model import ModelSpec, preset
from explorer.model.controls import CONTROLS
from explorer.model.identity.known import identify
from explorer.outputs.formatting import plural
from explorer.ui.build.evidence import draw_weighing, evidence_chart
from explorer.ui.build.file_box import PROBLEM, file_box
from explorer.ui.build.file_uses import use_weights
from explorer.ui.build.open_values import OpenValues, open_values
from explorer.ui.build.opened_file import OpenedFile, close_file, network_of_file, opened_file, show_network
from explorer.ui.build.value_texts import field_text
from explorer.ui.common.refresh import Check, refreshed
from explorer.ui.common.remembered_widgets import pressed

POLL_SECONDS = 0.5
MOST_NAMES = 200
CHANNELS = {1: "1, grey", 3: "3, red, green and blue as a rule"}
NOT_ASKED = "not known yet: ask the weights below"
EMPTY = (
    "Drop a file of weights here: which network is it, and how does it want its images? Only tensors are read from it;"
    " nothing of it is run, and its copy is removed with your visit."
)
Mark = Literal["success", "info", "warning", "error"]
MARKS: dict[Grade, tuple[Mark, str, str]] = {
    "proven": ("success", ":material/verified:", "names, shapes and function fit"),
    "shapes": ("success", ":material/check:", "all names and shapes fit; nothing was asked of the values"),
    "undecided": ("info", ":material/help:", "several networks have these shapes, and the values do not tell which"),
    "unknown": ("warning", ":material/search_off:", "no network that can be built here has these shapes"),
}
"""How an answer is shown, and what its grade means."""


def file_panel(spec: ModelSpec | None) -> None:
    """The place to drop a file, and the answer for the one that is open. `spec` is the network of the controls."""
    file_box("upload")
    if problem := st.session_state.get(PROBLEM):
        st.error(problem, icon=":material/error:")
    file = opened_file()
    if file is None:
        st.caption(EMPTY)
        return
    refreshed(partial(_draw, file, spec), POLL_SECONDS, active=file.running is not None)


def _draw(file: OpenedFile, spec: ModelSpec | None, check: Check) -> None:
    job, found = file.running, file.identification
    check(job is not None)
    if job is not None:
        _draw_progress(file, job.progress, close_file if found is None else job.cancel)
    elif file.error:
        st.error(file.error, icon=":material/error:")
    if found is not None:
        _draw_answer(file, found)
        if found.grade != "unknown" and found.spec is not None:
            if job is None:
                draw_weighing(file, found.spec)
            use_weights(file, found, spec if spec is not None and network_of_file(spec) else found.spec)
    elif job is None:
        _close_button()


def _draw_progress(file: OpenedFile, progress: Progress, cancel: Callable[[], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="file.progress"):
        what = progress.what or "Starting"
        st.progress(progress.share, f"{file.name}: {what}…", width="stretch")
        st.button("Cancel", icon=":material/stop:", key="file.cancel", on_click=cancel)


def _close_button() -> None:
    st.button("Close the file", icon=":material/close:", key="file.close", on_click=close_file)


def _draw_answer(file: OpenedFile, found: Identification) -> None:
    mark, icon, meaning = MARKS[found.grade]
    getattr(st, mark)(f"**{file.name}: {found.label}**. Here {meaning}. {found.reason}", icon=icon)
    with st.container(horizontal=True, key="file.actions"):
        if found.spec is not None:
            label = "Show the nearest network" if found.grade == "unknown" else "Show this network again"
            shown = pressed(show_network, found, sets=("preset",))
            st.button(label, icon=":material/account_tree:", key="file.show", **shown)
        _close_button()
    st.dataframe(facts_table(found), hide_index=True, key="file.facts")
    if found.undecided:
        st.markdown("**What the file leaves open**")
        st.dataframe(undecided_table(found), hide_index=True, key="file.undecided")
    if found.evidence:
        evidence_chart(found)
    for title, names in (("Without a place in the network", found.leftover), ("Missing in the file", found.missing)):
        if names:
            more = f"\n… and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
            with st.expander(f"{title}: {plural(len(names), 'tensor')}"):
                st.code("\n".join(names[:MOST_NAMES]) + more, language=None)
    if found.skipped:
        st.caption(f"Left out beside the tensors: {', '.join(found.skipped[:MOST_NAMES])}.")


def facts_table(found: Identification) -> pd.DataFrame:
    """What is known of the file and what its network expects, a fact in a row."""
    return pd.DataFrame(_facts(found), columns=["fact", "value"])


def _facts(found: Identification) -> Iterator[tuple[str, str]]:
    explained = found.explained
    yield "tensors explained", f"{explained.tensors:,} of {explained.of:,}"
    yield "parameters explained", f"{explained.parameters:,} of {explained.of_parameters:,}"
    if found.wrapping:
        yield "before every name", found.wrapping
    if found.spec is not None and found.grade != "unknown":
        yield from _expected(found, found.spec)
    yield (
        "decided by",
        {"shapes": "names and shapes", "norms": "statistics of the norms", "error": "labelled images"}[
            found.decided_by
        ],
    )


def _expected(found: Identification, spec: ModelSpec) -> Iterator[tuple[str, str]]:
    """What the network expects of its images."""
    yield (
        "classes",
        f"{spec.num_classes:,}, in an order that is not in the file" if spec.num_classes else "no classifier",
    )
    yield "channels of an image", CHANNELS.get(spec.in_channels, f"{spec.in_channels}")
    yield "image size", _size_text(spec)
    if found.normalisation is None:
        yield "normalisation of an image", NOT_ASKED if found.decided_by == "shapes" else "not known"
    else:
        mean, deviation = (
            ", ".join(f"{value:.3f}" for value in values)
            for values in (found.normalisation.mean, found.normalisation.std)
        )
        yield "normalisation of an image", f"mean {mean}; standard deviation {deviation}"


def _size_text(spec: ModelSpec) -> str:
    sizes = dict.fromkeys(preset(each.name).image_size for each in identify(spec))
    usual = f"; {' or '.join(map(str, sizes))} pixels are usual for this network" if sizes else ""
    return f"not in the file: any that the network can take{usual}"


def undecided_table(found: Identification) -> pd.DataFrame:
    """The open fields with their possible values, by the labels of the controls; the likeliest first."""
    rows = [(CONTROLS[name].label, _listed(name, values)) for name, values in open_values(found).items()]
    return pd.DataFrame(rows, columns=["control", "possible values"])


def _listed(name: str, values: OpenValues) -> str:
    named = ", ".join(field_text(name, value) for value in (values.own, *values.others))
    return f"{named} (and {plural(values.rarer, 'rarer value')})" if values.rarer else named
