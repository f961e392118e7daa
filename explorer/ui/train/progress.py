"""The progress of each run of a training comparison, and the buttons that pause, resume and cancel."""

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import NamedTuple

import streamlit as st

from explorer.language import N_, _, ngettext, told
from explorer.outputs import formatting
from explorer.runs.estimates import TimeRange
from explorer.runs.events import Interrupted
from explorer.runs.records import HELD, STATES, RunRecord, TrainingComparison
from explorer.ui.classroom import gate
from explorer.ui.common import run_names, theme
from explorer.ui.common.services import Services, errors_kept
from explorer.ui.measuring.time_ranges import range_text
from explorer.ui.train.curves.axes import forward_macs
from explorer.ui.train.curves.curves import RunCurves, TrainingCurves, stopped_text
from explorer.ui.train.machines import with_host

TROUBLE = "train.trouble"
"""Key of an error message for the next run of the page."""
MOST_DOUBT = 0.4
"""How much longer, as a part of it, the time left may be at the beginning than the speed so far says."""
ALL_ELSEWHERE = N_("This server trains nothing itself: runs wait for workers that are started on other machines.")
WATCHED_ONLY = N_("This comparison was started in another browser: you can watch it, but not stop it.")


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
        "cancel.all", N_("Cancel all"), ":material/stop:", CANCELLABLE, 2, N_("Stops every run; it cannot be resumed.")
    ),
    "pause": Request(
        "pause",
        N_("Pause all"),
        ":material/pause:",
        ("queued", "running"),
        1,
        N_("Every run saves a checkpoint and stops; the machine is free for others in the meantime."),
    ),
    "resume": Request(
        "resume",
        N_("Resume all"),
        ":material/play_arrow:",
        ("paused", "interrupted"),
        1,
        N_("Every paused or interrupted run continues from its checkpoint."),
    ),
}
"""The requests to all runs of a training comparison, by the name that the store knows."""
FOR_ONE: Mapping[str, tuple[str, Collection[str]]] = {
    "pause": (N_("Pause"), ("queued", "running")),
    "resume": (N_("Resume"), ("paused", "interrupted", "failed")),
    "cancel": (N_("Cancel"), CANCELLABLE),
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
    if waiting and not services.launcher.status().limit:
        st.caption(_(ALL_ELSEWHERE))


def _run_buttons(services: Services, run: RunRecord, name: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="right", gap="small", key=f"buttons.{run.id}"):
        for what, (label, states) in FOR_ONE.items():
            if run.state in states:
                args = (services, what, [run.id])
                key = f"{what}.{run.id}"
                st.button(_(label), key=key, help=f"{_(label)}: {name}", on_click=ask, args=args, type="tertiary")


def _comparison_buttons(services: Services, comparison: TrainingComparison, mine: bool) -> None:
    if not mine:
        st.caption(_(WATCHED_ONLY))
        return
    with st.container(horizontal=True):
        for what, facts in REQUESTS.items():
            run_ids = [run.id for run in comparison.runs if run.state in facts.states]
            if len(run_ids) >= facts.least:
                args = (services, what, run_ids)
                about = _(facts.about)
                st.button(_(facts.label), key=facts.key, icon=facts.icon, help=about, on_click=ask, args=args)


def ask(services: Services, what: str, run_ids: list[str]) -> None:
    """Sends a request to the store; an error is shown at the next refresh."""
    with errors_kept(TROUBLE):
        if what == "resume":
            gate.require_access()
        services.store.request(what, run_ids)
        services.launcher.wake()


def progress_text(run: RunRecord, waiting: Sequence[str], curves: RunCurves | None = None) -> str:
    """The progress of a run: `120 of 200 steps, 4 s left, 1,580 images a second`."""
    steps = _("{step} of {steps} steps").format(step=formatting.whole(run.step), steps=formatting.whole(run.steps))
    if run.state == "queued":
        return _waiting_text(run, waiting, steps)
    if run.state == "finished":
        return _("finished: {steps} in {time}").format(steps=steps, time=formatting.seconds(run.seconds))
    if run.state in ("failed", "diverged", "interrupted"):
        reason = told(run.reason) if run.reason else _("no reason was recorded")
        return f"{stopped_text(run)}: {reason}"
    if run.seconds_left is not None:
        pace = curves.pace.images_a_second if curves else None
        text = _("{steps}, {time} left, {pace} images a second") if pace else _("{steps}, {time} left")
        return text.format(steps=steps, time=formatting.seconds(max(run.seconds_left, 1.0)), pace=f"{pace or 0:,.0f}")
    return f"{_(STATES[run.state].label)}: {steps}"


def _waiting_text(run: RunRecord, waiting: Sequence[str], steps: str) -> str:
    position = waiting.index(run.id) + 1 if run.id in waiting else None
    text = _("waiting, next") if position == 1 else _("waiting, {ahead} ahead") if position else _("waiting, soon")
    text = text.format(ahead=(position or 1) - 1)
    return _("{waiting}; {steps} were done").format(waiting=text, steps=steps) if run.step else text


def notes(comparison: TrainingComparison, curves: TrainingCurves, waiting: Sequence[str]) -> list[str]:
    """Which workers were lost, the time left for all runs, and the machine, one or two sentences each."""
    names = run_names.run_names(comparison.runs)
    known = [(run, curves.of(run.id)) for run in comparison.runs if run.state not in ("failed", "interrupted")]
    texts = [_lost_text(names[run.id], run, each, each.lost) for run, each in known if each.lost]
    own = [run_id for run_id in waiting if run_id in names]
    foreign = sum(run_id not in names for run_id in waiting[: waiting.index(own[-1]) + 1]) if own else 0
    left = time_left(comparison, curves)
    if left is not None:
        text = _("{time} left for the comparison.")
        if foreign:
            text = ngettext(
                "{time} left for the comparison, plus {count} run of other visitors in between.",
                "{time} left for the comparison, plus {count} runs of other visitors in between.",
                foreign,
            )
        texts.append(text.format(time=formatting.capitalised(range_text(left)), count=formatting.whole(foreign)))
    if machine := machine_text(comparison, curves):
        texts.append(machine)
    return texts


def _lost_text(name: str, run: RunRecord, curves: RunCurves, lost: Interrupted) -> str:
    if curves.resumed:
        text = _("{name} lost its worker at step {step}. {reason} Another one went on with it.")
    elif run.state == "queued":
        text = _("{name} lost its worker at step {step}. {reason} It waits for another one.")
    else:
        text = _("{name} lost its worker at step {step}. {reason}")
    return text.format(name=name, step=formatting.whole(lost.step), reason=told(lost.reason))


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
    places = dict.fromkeys(
        with_host(f"{opening.device_name} ({opening.device}), {opening.precision}", opening.host)
        for opening in openings
    )
    memory = max(each.memory_bytes for each in known)
    texts = [_("Trained on {places}.").format(places="; ".join(places))]
    if memory:
        card, process = _("Peak memory of the graphics card: {size}."), _("Peak memory of a worker process: {size}.")
        texts.append((card if openings[0].device == "cuda" else process).format(size=formatting.size(memory)))
    return " ".join([*texts, *dict.fromkeys(told(note) for opening in openings for note in opening.notes)])
