"""Where each run of a training comparison stands, in words and bars, and what can be asked of it."""

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import NamedTuple

import streamlit as st

from explorer.jobs.errors import StoreError
from explorer.outputs import formatting
from explorer.runs.records import HELD, STATES, RunRecord, TrainingComparison
from explorer.ui.common import run_names, theme
from explorer.ui.common.services import Services
from explorer.ui.train.curves.axes import forward_macs
from explorer.ui.train.curves.curves import RunCurves, TrainingCurves


class Request(NamedTuple):
    """A button for runs in one of `states`; the one for a whole comparison needs at least `least` such runs."""

    key: str
    label: str
    icon: str
    states: Collection[str]
    least: int
    about: str


CANCELLABLE = ("queued", "running", "pausing", "paused", "interrupted")
REQUESTS: Mapping[str, Request] = {
    "cancel": Request("cancel.all", "Cancel all", ":material/stop:", CANCELLABLE, 2, "Stops every run for good."),
    "pause": Request(
        "pause",
        "Pause all",
        ":material/pause:",
        ("queued", "running"),
        1,
        "Every run keeps a checkpoint and stands still; others may use the machine meanwhile.",
    ),
    "resume": Request(
        "resume",
        "Go on with all",
        ":material/play_arrow:",
        ("paused", "interrupted"),
        1,
        "What stands still goes on from its checkpoint.",
    ),
}
"""What can be asked of all runs of a training comparison at once, by the store's word for it."""
FOR_ONE: Mapping[str, tuple[str, Collection[str]]] = {
    "pause": ("Pause", ("queued", "running")),
    "resume": ("Go on", ("paused", "interrupted", "failed")),
    "cancel": ("Cancel", CANCELLABLE),
}
"""What can be asked of one run: the button's word, and the states in which it is there."""


def show_progress(
    services: Services, comparison: TrainingComparison, curves: TrainingCurves, waiting: Sequence[str], mine: bool
) -> None:
    """One line per run with its colour, how far it is and its buttons; below them those for all, and the machine."""
    names, colours = run_names.run_names(comparison.runs), run_names.run_colours(comparison.runs, theme.current())
    with st.container(key="standings", gap="xsmall"):
        for run in comparison.runs:
            left, middle, right = st.columns([4, 7, 3], vertical_alignment="center", wrap=False)
            dash = "dashed" if run_names.run_is_plain(run) else "solid"
            line = f'<span class="swatch" style="border-top: 4px {dash} {colours[run.id]}"></span>'
            left.html(line + escape(names[run.id]))
            share = min(1.0, run.step / run.steps) if run.steps else 0.0
            middle.progress(share, text=progress_text(run, waiting, curves.of(run.id)))
            if mine:
                with right:
                    _run_buttons(services, run, names[run.id])
        _comparison_buttons(services, comparison, mine)
    for text in said_below(comparison, curves, waiting):
        st.caption(text)


def _run_buttons(services: Services, run: RunRecord, name: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="right", gap="small", key=f"buttons.{run.id}"):
        for what, (label, states) in FOR_ONE.items():
            if run.state in states:
                args = (services, what, [run.id])
                key = f"{what}.{run.id}"
                st.button(label, key=key, help=f"{label}: {name}", on_click=ask, args=args, type="tertiary")


def _comparison_buttons(services: Services, comparison: TrainingComparison, mine: bool) -> None:
    if not mine:
        st.caption("This comparison was started in another browser: you can watch it, not stop it.")
        return
    with st.container(horizontal=True):
        for what, facts in REQUESTS.items():
            run_ids = [run.id for run in comparison.runs if run.state in facts.states]
            if len(run_ids) >= facts.least:
                args = (services, what, run_ids)
                st.button(facts.label, key=facts.key, icon=facts.icon, help=facts.about, on_click=ask, args=args)


def ask(services: Services, what: str, run_ids: list[str]) -> None:
    """Passes a request on; a store that does not answer says so at the next look."""
    try:
        services.store.request(what, run_ids)
        services.launcher.wake()
    except StoreError as error:
        st.session_state["train.trouble"] = str(error)


def progress_text(run: RunRecord, waiting: Sequence[str], curves: RunCurves | None = None) -> str:
    """Where a run stands, in words: `120 of 200 steps, 4 s left, 1,580 images a second`."""
    steps = f"{run.step:,} of {run.steps:,} steps"
    if run.state == "queued":
        position = waiting.index(run.id) + 1 if run.id in waiting else None
        ahead = "next" if position == 1 else f"{position - 1} ahead" if position else "soon"
        return f"waiting, {ahead}" + (f"; {steps} were done" if run.step else "")
    if run.state == "finished":
        return f"finished: {steps} in {formatting.seconds(run.seconds)}"
    if run.state in ("failed", "diverged", "interrupted"):
        return f"{STATES[run.state].label} at step {run.step:,}: {run.reason or 'no reason was recorded'}"
    if run.seconds_left is not None:
        pace = curves.pace.images_a_second if curves else None
        speed = f", {pace:,.0f} images a second" if pace else ""
        return f"{steps}, {formatting.seconds(max(run.seconds_left, 1.0))} left{speed}"
    return f"{STATES[run.state].label}: {steps}"


def said_below(comparison: TrainingComparison, curves: TrainingCurves, waiting: Sequence[str]) -> list[str]:
    """The machine, the time left for all, and whose workers were lost, one sentence or two each."""
    names = run_names.run_names(comparison.runs)
    known = [(run, curves.of(run.id)) for run in comparison.runs if run.state not in ("failed", "interrupted")]
    said = [
        f"{names[run.id]} lost its worker at step {each.lost.step:,}. {each.lost.reason}{_what_then(run, each)}"
        for run, each in known
        if each.lost
    ]
    own = [run_id for run_id in waiting if run_id in names]
    foreign = sum(run_id not in names for run_id in waiting[: waiting.index(own[-1]) + 1]) if own else 0
    left = seconds_left(comparison, curves)
    if left is not None:
        others = f", and {formatting.plural(foreign, 'run')} of other visitors in between" if foreign else ""
        said.append(f"About {formatting.seconds(max(left, 1.0))} left for the comparison{others}.")
    if machine := machine_words(comparison, curves):
        said.append(machine)
    return said


def _what_then(run: RunRecord, curves: RunCurves) -> str:
    if curves.resumed:
        return " Another one went on with it."
    return " It waits for another one." if run.state == "queued" else ""


def seconds_left(comparison: TrainingComparison, curves: TrainingCurves) -> float | None:
    """Training time still to come for a training comparison that is under way; None where no run has a pace yet.

    A run that has not begun is taken to need as much for a multiply-add as those that have.
    """
    work = {run.id: (forward_macs(run.spec_json, run.dataset) or 0) * run.steps for run in comparison.runs}
    begun = [run for run in comparison.runs if run.step and run.seconds > 0 and work[run.id]]
    if not comparison.active or not begun:
        return None
    cost = sum(run.seconds for run in begun) / sum(work[run.id] * run.step / run.steps for run in begun)
    paces = {run.id: curves.of(run.id).pace.seconds_a_step for run in comparison.runs}
    left = [
        (pace * (run.steps - run.step) if (pace := paces[run.id]) else cost * work[run.id] * (1 - run.step / run.steps))
        for run in comparison.runs
        if run.active
    ]
    side_by_side = max(1, sum(run.state in HELD for run in comparison.runs))
    return max(*left, sum(left) / side_by_side)


def machine_words(comparison: TrainingComparison, curves: TrainingCurves) -> str:
    """Where the comparison is trained, how exactly, and what it takes."""
    known = [curves.of(run.id) for run in comparison.runs]
    openings = [each.opening for each in known if each.opening]
    if not openings:
        return ""
    places = dict.fromkeys(f"{opening.device_name} ({opening.device}), {opening.precision}" for opening in openings)
    memory = max(each.memory_bytes for each in known)
    what = "of the card" if openings[0].device == "cuda" else "of a worker process"
    took = f" Peak memory {what}: {formatting.size(memory)}." if memory else ""
    notes = dict.fromkeys(note for opening in openings for note in opening.notes)
    return f"Trained on {'; '.join(places)}.{took}{''.join(f' {note}' for note in notes)}"
