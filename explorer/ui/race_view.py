"""A race as it goes: its curves, where each run stands, and the table of results."""

import time
from typing import Any

import pandas as pd
import streamlit as st

from explorer.outputs import formatting
from explorer.runs.errors import StoreError
from explorer.runs.events import Finished
from explorer.runs.records import STATES, RaceRecord, RunRecord
from explorer.ui import charts, palette, views
from explorer.ui.curves import QUANTITIES, RaceCurves
from explorer.ui.plotly_file import plotly_address
from explorer.ui.services import Services

CURVES = "train.curves"
REFRESH_SECONDS = 1.0
CANCELLABLE = ("queued", "running", "pausing", "paused", "interrupted")
RESUMABLE = ("interrupted",)
SHORT_RUN = 5_000
"""Steps below which a run is called short; He et al. 2015 train for 64,000."""


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
    _chart(race, curves)
    mine = race.owner == owner
    _standings(services, race, waiting, mine)
    _results(race, curves)
    if was_active and not race.active:
        # The timer lives in the browser; a run of the whole page takes it away.
        st.rerun()


def _read_news(services: Services, race: RaceRecord) -> RaceCurves:
    """The race's curves, with what happened since the last look."""
    known = st.session_state.get(CURVES)
    if known is None or known.race_id != race.id:
        known = st.session_state[CURVES] = RaceCurves(race.id)
    known.add(services.store.events(known.after(run.id for run in race.runs), ("started", "step", "evaluation")))
    return known


def _chart(race: RaceRecord, curves: RaceCurves) -> None:
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
            format_func={"step": "by step", "seconds": "by second"}.get,
            default="step",
            required=True,
            key="curves.by",
            label_visibility="collapsed",
        )
        log = st.toggle("Log scale", key="curves.log", help="Equal distances are equal ratios: shows how far apart small losses are.")
    address = plotly_address()
    view = {"quantity": quantity, "by": by, "log": log}
    if address is None:
        st.warning("The chart's program cannot be put beside app.py (the folder is not writable); the table below stands.")
        return
    views.curves(charts.race_chart(race.runs, curves, palette.current(), view, address), key="race.curves")
    if log and QUANTITIES[quantity].percent:
        st.caption("An error of 0 % has no logarithm and is drawn at the bottom.")


def _standings(services: Services, race: RaceRecord, waiting: list[str], mine: bool) -> None:
    """One line per run: its colour, how far it is, time left, and a button to stop it."""
    names, colours = charts.run_names(race.runs), charts.run_colours(race.runs, palette.current())
    with st.container(key="standings", gap="xsmall"):
        for run in race.runs:
            left, middle, right = st.columns([4, 7, 2], vertical_alignment="center", wrap=False)
            dash = "dashed" if charts.run_is_plain(run) else "solid"
            left.html(f'<span class="swatch" style="border-top: 4px {dash} {colours[run.id]}"></span>{_escaped(names[run.id])}')
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
    stoppable = [run.id for run in race.runs if run.state in CANCELLABLE]
    resumable = [run.id for run in race.runs if run.state in RESUMABLE]
    with st.container(horizontal=True):
        if len(stoppable) > 1:
            st.button("Cancel all", key="cancel.all", icon=":material/stop:", on_click=_ask, args=(services, "cancel", stoppable))
        if resumable:
            st.button("Go on", key="resume", icon=":material/play_arrow:", on_click=_ask, args=(services, "resume", resumable))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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


def result_table(race: RaceRecord, curves: RaceCurves) -> pd.DataFrame:
    """One row per run; what is not known yet stays empty."""
    names = charts.run_names(race.runs)
    rows: list[dict[str, Any]] = []
    for run in race.runs:
        result = run.result if isinstance(run.result, Finished) else None
        losses = curves.points(run.id, "train_loss")
        rows.append(
            {
                "network": names[run.id],
                "state": STATES[run.state].label,
                "steps": run.step,
                "train_loss": result.train_loss if result else (losses[-1].value if losses else None),
                "test_error": result.test_error if result else None,
                "seconds": result.seconds if result else (run.seconds or None),
                "images_per_second": result.images_per_second if result else None,
                "device": run.device or "",
            }
        )
    return pd.DataFrame(rows)


def curve_table(race: RaceRecord, curves: RaceCurves) -> pd.DataFrame:
    """Every point of every curve, one row each."""
    names = charts.run_names(race.runs)
    return pd.DataFrame(
        [
            {"network": names[run.id], "seed": run.seed, "quantity": quantity, **point._asdict()}
            for run in race.runs
            for quantity in QUANTITIES
            for point in curves.points(run.id, quantity)
        ],
        columns=["network", "seed", "quantity", "step", "seconds", "value"],
    )


def _results(race: RaceRecord, curves: RaceCurves) -> None:
    st.dataframe(
        result_table(race, curves),
        hide_index=True,
        key="results",
        placeholder="",
        column_config={
            "network": st.column_config.TextColumn("Network", pinned=True),
            "state": "State",
            "steps": st.column_config.NumberColumn("Steps", format="localized"),
            "train_loss": st.column_config.NumberColumn("Training loss", format="%.4f", help="Cross-entropy, mean over the last ten steps."),
            "test_error": st.column_config.NumberColumn("Test error (%)", format="%.1f", help="On all test images, after the last step."),
            "seconds": st.column_config.NumberColumn("Seconds", format="%.1f", help="Time of training, without the tests."),
            "images_per_second": st.column_config.NumberColumn("Images per second", format="localized"),
            "device": "Trained on",
        },
    )
    steps = max(run.steps for run in race.runs)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download curves (CSV)",
            lambda: curve_table(race, curves).to_csv(index=False),
            file_name=f"race-{race.id[:8]}.csv",
            mime="text/csv",
            key="csv.curves",
            icon=":material/download:",
            on_click="ignore",
        )
        if steps < SHORT_RUN:
            st.caption(f"A short run: {steps:,} steps. He et al. 2015 train for 64,000 on larger images; compare the shapes of the curves, not the errors.")


def when(moment: float) -> str:
    """How long ago, in words."""
    minutes = int((time.time() - moment) // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
