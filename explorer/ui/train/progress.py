"""The progress of each run of a training comparison, and the buttons that pause, resume and cancel."""

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import NamedTuple

import streamlit as st

from explorer.outputs import formatting
from explorer.runs.estimates import TimeRange
from explorer.runs.records import HELD, STATES, RunRecord, TrainingComparison
from explorer.ui.classroom import gate
from explorer.ui.common import run_names, theme
from explorer.ui.common.services import Services, errors_kept
from explorer.ui.measuring.time_ranges import range_text
from explorer.ui.train.curves.axes import forward_macs
from explorer.ui.train.curves.curves import RunCurves, TrainingCurves

TROUBLE = "train.trouble"
"""Key of an error message for the next run of the page."""
MOST_DOUBT = 0.4
"""How much longer, as a part of it, the time left may be at the beginning than the speed so far says."""
WATCHED_ONLY = "This comparison was started in another browser: you can watch it, but not stop it."


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
    "cancel": Request(
        "cancel.all", "Cancel all", ":material/stop:", CANCELLABLE, 2, "Stops every run; it cannot be resumed."
    ),
    "pause": Request(
        "pause",
        "Pause all",
        ":material/pause:",
        ("queued", "running"),
        1,
        "Every run saves a checkpoint and stops; the machine is free for others in the meantime.",
    ),
    "resume": Request(
        "resume",
        "Resume all",
        ":material/play_arrow:",
        ("paused", "interrupted"),
        1,
        "Every paused or interrupted run continues from its checkpoint.",
    ),
}
"""The requests to all runs of a training comparison, by the name that the store knows."""
FOR_ONE: Mapping[str, tuple[str, Collection[str]]] = {
    "pause": ("Pause", ("queued", "running")),
    "resume": ("Resume", ("paused", "interrupted", "failed")),
    "cancel": ("Cancel", CANCELLABLE),
}
"""The requests to one run: the button's label, and the states in which it is offered."""


def show_progress(
    services: Services, comparison: TrainingComparison, curves: TrainingCurves, waiting: Sequence[str], mine: bool
) -> None:
    """Draws a line per run with colour, progress and buttons; below them the buttons for all runs, and notes."""
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
    for text in notes(comparison, curves, waiting):
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
        st.caption(WATCHED_ONLY)
        return
    with st.container(horizontal=True):
        for what, facts in REQUESTS.items():
            run_ids = [run.id for run in comparison.runs if run.state in facts.states]
            if len(run_ids) >= facts.least:
                args = (services, what, run_ids)
                st.button(facts.label, key=facts.key, icon=facts.icon, help=facts.about, on_click=ask, args=args)


def ask(services: Services, what: str, run_ids: list[str]) -> None:
    """Sends a request to the store; an error is shown at the next refresh."""
    with errors_kept(TROUBLE):
        if what == "resume":
            gate.require_access()
        services.store.request(what, run_ids)
        services.launcher.wake()


def progress_text(run: RunRecord, waiting: Sequence[str], curves: RunCurves | None = None) -> str:
    """The progress of a run: `120 of 200 steps, 4 s left, 1,580 images a second`."""
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


def notes(comparison: TrainingComparison, curves: TrainingCurves, waiting: Sequence[str]) -> list[str]:
    """Which workers were lost, the time left for all runs, and the machine, one or two sentences each."""
    names = run_names.run_names(comparison.runs)
    known = [(run, curves.of(run.id)) for run in comparison.runs if run.state not in ("failed", "interrupted")]
    texts = [
        f"{names[run.id]} lost its worker at step {each.lost.step:,}. {each.lost.reason}{_what_then(run, each)}"
        for run, each in known
        if each.lost
    ]
    own = [run_id for run_id in waiting if run_id in names]
    foreign = sum(run_id not in names for run_id in waiting[: waiting.index(own[-1]) + 1]) if own else 0
    left = time_left(comparison, curves)
    if left is not None:
        others = f", plus {formatting.plural(foreign, 'run')} of other visitors in between" if foreign else ""
        texts.append(f"{formatting.capitalised(range_text(left))} left for the comparison{others}.")
    if machine := machine_text(comparison, curves):
        texts.append(machine)
    return texts


def _what_then(run: RunRecord, curves: RunCurves) -> str:
    if curves.resumed:
        return " Another one went on with it."
    return " It waits for another one." if run.state == "queued" else ""


def time_left(comparison: TrainingComparison, curves: TrainingCurves) -> TimeRange | None:
    """The seconds of training left as a range, which narrows with the part that is done; None as `seconds_left`."""
    left = seconds_left(comparison, curves)
    if left is None:
        return None
    done = sum(run.step for run in comparison.runs) / max(1, sum(run.steps for run in comparison.runs))
    doubt = 1 + MOST_DOUBT * (1 - done)
    return TimeRange(left / doubt, left * doubt)


def seconds_left(comparison: TrainingComparison, curves: TrainingCurves) -> float | None:
    """Seconds of training left for an active training comparison; None where no run has a speed yet.

    A run that has not begun is assumed to need the same time per multiply-add as those that have.
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


def machine_text(comparison: TrainingComparison, curves: TrainingCurves) -> str:
    """The devices, precision and peak memory of the comparison, and the workers' notes; empty before the start."""
    known = [curves.of(run.id) for run in comparison.runs]
    openings = [each.opening for each in known if each.opening]
    if not openings:
        return ""
    places = dict.fromkeys(f"{opening.device_name} ({opening.device}), {opening.precision}" for opening in openings)
    memory = max(each.memory_bytes for each in known)
    what = "of the graphics card" if openings[0].device == "cuda" else "of a worker process"
    memory_text = f" Peak memory {what}: {formatting.size(memory)}." if memory else ""
    notes = dict.fromkeys(note for opening in openings for note in opening.notes)
    return f"Trained on {'; '.join(places)}.{memory_text}{''.join(f' {note}' for note in notes)}"
