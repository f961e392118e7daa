"""The view *File*: a file of weights becomes the network; what it is, what it leaves open, what it expects."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Literal

import pandas as pd
import streamlit as st

from explorer.identify.records import Grade, Identification
from explorer.jobs.one_shot import Progress
from explorer.language import N_, _, ngettext, told
from explorer.model import ModelSpec, preset
from explorer.model.controls import CONTROLS
from explorer.model.identity.known import identify
from explorer.outputs.formatting import whole
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
CHANNELS = {1: N_("1, grey"), 3: N_("3, red, green and blue as a rule")}
ORDERS = {"RGB": N_("red, green, blue"), "BGR": N_("blue, green, red; weights that are kept here are changed to RGB")}
NOT_ASKED = N_("not known yet: ask the weights below")
EMPTY = N_(
    "Drop a file of weights here: which network is it, and how does it want its images? Only tensors are read from it;"
    " nothing of it is run, and its copy is removed with your visit."
)
NOT_EXCLUDED = N_(
    "The values do not exclude these either, though no known network with these shapes has them: {fields}."
)
WHY_NOT_EXCLUDED = N_(
    "Networks that differ from this one in such a field see nearly the same statistics. If somebody changed a known"
    " network so, the file may hold that one."
)
Mark = Literal["success", "info", "warning", "error"]
MARKS: dict[Grade, tuple[Mark, str, str]] = {
    "proven": ("success", ":material/verified:", N_("names, shapes and function fit")),
    "shapes": ("success", ":material/check:", N_("all names and shapes fit; nothing was asked of the values")),
    "undecided": (
        "info",
        ":material/help:",
        N_("several networks have these shapes, and the values do not tell which"),
    ),
    "unknown": ("warning", ":material/search_off:", N_("no network that can be built here has these shapes")),
}
"""How an answer is shown, and what its grade means."""
DECIDED_BY = {"shapes": N_("names and shapes"), "norms": N_("statistics of the norms"), "error": N_("labelled images")}


def file_panel(spec: ModelSpec | None) -> None:
    """The place to drop a file, and the answer for the one that is open. `spec` is the network of the controls."""
    file_box("upload")
    if problem := st.session_state.get(PROBLEM):
        st.error(problem, icon=":material/error:")
    file = opened_file()
    if file is None:
        st.caption(_(EMPTY))
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
        what = told(progress.what) or _("Starting")
        st.progress(progress.share, f"{file.name}: {what}…", width="stretch")
        st.button(_("Cancel"), icon=":material/stop:", key="file.cancel", on_click=cancel)


def _close_button() -> None:
    st.button(_("Close the file"), icon=":material/close:", key="file.close", on_click=close_file)


def _draw_answer(file: OpenedFile, found: Identification) -> None:
    mark, icon, meaning = MARKS[found.grade]
    text = _("**{file}: {network}**. Here {meaning}. {reason}").format(
        file=file.name, network=told(found.label), meaning=_(meaning), reason=told(found.reason)
    )
    getattr(st, mark)(text, icon=icon)
    with st.container(horizontal=True, key="file.actions"):
        if found.spec is not None:
            label = _("Show the nearest network") if found.grade == "unknown" else _("Show this network again")
            shown = pressed(show_network, found, sets=("preset",))
            st.button(label, icon=":material/account_tree:", key="file.show", **shown)
        _close_button()
    st.dataframe(facts_table(found), hide_index=True, key="file.facts")
    if found.undecided:
        st.markdown(_("**What the file leaves open**"))
        st.dataframe(undecided_table(found), hide_index=True, key="file.undecided")
    if found.unexcluded:
        st.caption(_(NOT_EXCLUDED).format(fields=unexcluded_text(found)), help=_(WHY_NOT_EXCLUDED))
    if found.evidence:
        evidence_chart(found)
    _draw_names(_("Without a place in the network: {tensors}"), found.leftover)
    _draw_names(_("Missing in the file: {tensors}"), found.missing)
    if found.skipped:
        names = ", ".join(told(each) for each in found.skipped[:MOST_NAMES])
        st.caption(_("Left out beside the tensors: {names}.").format(names=names))


def _draw_names(title: str, names: Sequence[str]) -> None:
    if not names:
        return
    count, more = len(names), len(names) - MOST_NAMES
    tensors = ngettext("{count} tensor", "{count} tensors", count).format(count=whole(count))
    with st.expander(title.format(tensors=tensors)):
        rest = [_("… and {count} more").format(count=whole(more))] if more > 0 else []
        st.code("\n".join([*names[:MOST_NAMES], *rest]), language=None)


def facts_table(found: Identification) -> pd.DataFrame:
    """What is known of the file and what its network expects, a fact in a row."""
    return pd.DataFrame(_facts(found), columns=[_("fact"), _("value")])


def _facts(found: Identification) -> Iterator[tuple[str, str]]:
    explained = found.explained
    part = _("{part} of {all}")
    yield _("tensors explained"), part.format(part=whole(explained.tensors), all=whole(explained.of))
    parameters = part.format(part=whole(explained.parameters), all=whole(explained.of_parameters))
    yield _("parameters explained"), parameters
    if found.wrapping:
        yield _("before every name"), found.wrapping
    if found.spec is not None and found.grade != "unknown":
        yield from _expected(found, found.spec)
    yield _("decided by"), _(DECIDED_BY[found.decided_by])


def _expected(found: Identification, spec: ModelSpec) -> Iterator[tuple[str, str]]:
    """What the network expects of its images."""
    ordered = _("{count}, in an order that is not in the file").format(count=whole(spec.num_classes))
    yield _("classes"), ordered if spec.num_classes else _("no classifier")
    yield _("channels of an image"), _(CHANNELS.get(spec.in_channels, f"{spec.in_channels}"))
    yield _("image size"), _size_text(spec)
    if found.normalisation is None:
        yield _("normalisation of an image"), _(NOT_ASKED) if found.decided_by == "shapes" else _("not known")
    else:
        mean, deviation = (
            ", ".join(f"{value:.3f}" for value in values)
            for values in (found.normalisation.mean, found.normalisation.std)
        )
        values = _("mean {mean}; standard deviation {deviation}").format(mean=mean, deviation=deviation)
        yield _("normalisation of an image"), values
        if len(found.normalisation.mean) == len(found.normalisation.order):
            yield _("order of the colours"), _(ORDERS[found.normalisation.order])


def _size_text(spec: ModelSpec) -> str:
    sizes = dict.fromkeys(preset(each.name).image_size for each in identify(spec))
    if not sizes:
        return _("not in the file: any that the network can take")
    return _("not in the file: any that the network can take; {sizes} pixels are usual for this network").format(
        sizes=_(" or ").join(map(str, sizes))
    )


def undecided_table(found: Identification) -> pd.DataFrame:
    """The open fields with their possible values, by the labels of the controls; the likeliest first."""
    rows = [(_(CONTROLS[name].label), _listed(name, values)) for name, values in open_values(found).items()]
    return pd.DataFrame(rows, columns=[_("control"), _("possible values")])


def unexcluded_text(found: Identification) -> str:
    """What the values do not exclude and nobody is known to use, by the labels of the controls."""
    others = ((name, (field_text(name, value) for value in values[1:])) for name, values in found.unexcluded.items())
    return "; ".join(f"{_(CONTROLS[name].label)}: {', '.join(values)}" for name, values in others)


def _listed(name: str, values: OpenValues) -> str:
    named = ", ".join(field_text(name, value) for value in (values.own, *values.others))
    if not values.rarer:
        return named
    return ngettext("{values} (and {count} rarer value)", "{values} (and {count} rarer values)", values.rarer).format(
        values=named, count=whole(values.rarer)
    )
