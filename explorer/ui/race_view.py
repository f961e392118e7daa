"""A race as it goes: its curves, where each run stands, and the table of results."""

import time
from collections.abc import Collection, Sequence
from html import escape
from typing import NamedTuple

import streamlit as st

from explorer.outputs import formatting
from explorer.runs.errors import StoreError
from explorer.runs.records import STATES, RaceRecord, RunRecord
from explorer.ui import chart_files, charts, palette, race_results, views
from explorer.ui.curves import QUANTITIES, RaceCurves
from explorer.ui.plotly_file import plotly_address
from explorer.ui.services import Services


class ForAll(NamedTuple):
    """A button for all runs of a race that are in one of `states`, shown where there are at least `least` of them."""

    key: str
    label: str
    icon: str
    states: Collection[str]
    least: int
    about: str


CURVES = "train.curves"
REFRESH_SECONDS = 1.0
CANCELLABLE = ("queued", "running", "pausing", "paused", "interrupted")
PAUSABLE = ("queued", "running")
RESUMABLE = ("paused", "interrupted")
FOR_ALL = {
    "cancel": ForAll("cancel.all", "Cancel all", ":material/stop:", CANCELLABLE, 2, "Stops every run for good."),
    "pause": ForAll(
        "pause",
        "Pause",
        ":material/pause:",
        PAUSABLE,
        1,
        "Every run keeps a checkpoint and stands still; others may use the machine meanwhile.",
    ),
    "resume": ForAll(
        "resume", "Go on", ":material/play_arrow:", RESUMABLE, 1, "What stands still goes on from its checkpoint."
    ),
}
"""What can be asked of all runs of a race at once, by the store's word for it."""
BANDS = (
    "One line for each contestant: the mean over its seeds, with a band from the least to the greatest value. Where a"
    " run is still behind, the others make the band. Off, every run has a line of its own."
)


def show_race(services: Services, race: RaceRecord, owner: str) -> None:
    """The whole view; it looks for news by itself while a run is active."""
    refresh = st.fragment(_live, run_every=REFRESH_SECONDS if race.active else None)
    refresh(services, race.id, owner, race.active)


def _live(services: Services, race_id: str, owner: str, was_active: bool) -> None:
    try:
        race = services.store.race(race_id)
        if race is None:
            st.info("This race was deleted.", icon=":material/delete:")
            return
        curves = _read_news(services, race)
        waiting = services.store.queue() if race.active else []
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        return
    show_curves(race.runs, curves, "race.curves")
    mine = race.owner == owner
    _standings(services, race, waiting, mine)
    race_results.show(race, curves)
    if was_active != race.active:
        # The timer lives in the browser; a run of the whole page takes it away, or brings it back after a pause.
        st.rerun()


def _read_news(services: Services, race: RaceRecord) -> RaceCurves:
    """The race's curves, with what happened since the last look."""
    known = st.session_state.get(CURVES)
    if known is None or known.race_id != race.id:
        known = st.session_state[CURVES] = RaceCurves(race.id)
    known.add(services.store.events(known.after(run.id for run in race.runs), ("started", "step", "evaluation")))
    return known


def show_curves(runs: Sequence[RunRecord], curves: RaceCurves, key: str) -> None:
    """The chart of any runs, and above it what is drawn, against what, on which scale, and whether seeds are one."""
    several = any(len(group) > 1 for group in charts.same_but_seed(runs))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        quantity = st.segmented_control(
            "What is drawn",
            list(QUANTITIES),
            format_func=lambda name: QUANTITIES[name].label,
            default="train_loss",
            required=True,
            key="curves.quantity",
            label_visibility="collapsed",
        )
        by = st.segmented_control(
            "Against",
            ["step", "seconds"],
            format_func={"step": "by step", "seconds": "by second"}.__getitem__,
            default="step",
            required=True,
            key="curves.by",
            label_visibility="collapsed",
        )
        log = st.toggle(
            "Log scale", key="curves.log", help="Equal distances are equal ratios: tells small losses apart."
        )
        bands = several and st.toggle("Seeds as bands", value=True, key="curves.bands", help=BANDS)
    address = plotly_address()
    view = {"quantity": quantity, "by": by, "log": log, "bands": bands}
    if address is None:
        st.warning("The chart's program cannot be put beside app.py: the folder is not writable. The table stands.")
        return
    chart = charts.race_chart(runs, curves, palette.current(), view, address)
    views.curves(chart, key=key)
    chart_files.files(key, chart["description"], f"curves-{quantity}")
    if log and QUANTITIES[quantity].percent:
        st.caption("An error of 0 % has no logarithm and is drawn at the bottom.")


def _standings(services: Services, race: RaceRecord, waiting: list[str], mine: bool) -> None:
    """One line per run: its colour, how far it is, time left, and a button to stop it."""
    names, colours = charts.run_names(race.runs), charts.run_colours(race.runs, palette.current())
    with st.container(key="standings", gap="xsmall"):
        for run in race.runs:
            left, middle, right = st.columns([4, 7, 2], vertical_alignment="center", wrap=False)
            dash = "dashed" if charts.run_is_plain(run) else "solid"
            line = f'<span class="swatch" style="border-top: 4px {dash} {colours[run.id]}"></span>'
            left.html(line + escape(names[run.id]))
            middle.progress(min(1.0, run.step / run.steps) if run.steps else 0.0, text=progress_text(run, waiting))
            if mine and run.state in CANCELLABLE:
                right.button(
                    "Cancel",
                    key=f"cancel.{run.id}",
                    help=f"Stop {names[run.id]}",
                    on_click=_ask,
                    args=(services, "cancel", [run.id]),
                    width="stretch",
                )
        _race_buttons(services, race, mine)


def _race_buttons(services: Services, race: RaceRecord, mine: bool) -> None:
    if not mine:
        st.caption("This race was started in another browser: you can watch it, not stop it.")
        return
    with st.container(horizontal=True):
        for what, facts in FOR_ALL.items():
            run_ids = [run.id for run in race.runs if run.state in facts.states]
            if len(run_ids) >= facts.least:
                args = (services, what, run_ids)
                st.button(facts.label, key=facts.key, icon=facts.icon, help=facts.about, on_click=_ask, args=args)


def _ask(services: Services, what: str, run_ids: list[str]) -> None:
    """Passes a request on; a store that does not answer says so at the next look."""
    try:
        services.store.request(what, run_ids)
        services.launcher.wake()
    except StoreError as error:
        st.session_state["train.trouble"] = str(error)


def progress_text(run: RunRecord, waiting: list[str]) -> str:
    """Where a run stands, in words: `120 of 200 steps, 4 s left`."""
    if run.state == "queued":
        position = waiting.index(run.id) + 1 if run.id in waiting else None
        ahead = "next" if position == 1 else f"{position - 1} ahead" if position else "soon"
        return f"waiting, {ahead}"
    steps = f"{run.step:,} of {run.steps:,} steps"
    if run.state == "finished":
        return f"finished: {steps} in {formatting.seconds(run.seconds)}"
    if run.state in ("failed", "diverged", "interrupted"):
        return f"{STATES[run.state].label} at step {run.step:,}: {run.reason or 'no reason was recorded'}"
    if run.seconds_left is not None:
        return f"{steps}, {formatting.seconds(max(run.seconds_left, 1.0))} left"
    return f"{STATES[run.state].label}: {steps}"


def when(moment: float) -> str:
    """How long ago, in words."""
    minutes = int((time.time() - moment) // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
