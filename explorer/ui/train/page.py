"""The parts of the Train page around the race itself: start, welcome, and this browser's races."""

import streamlit as st

from explorer.datasets.catalogue import dataset_label, fit_spec
from explorer.jobs.errors import LauncherError, SettingsError, StoreError
from explorer.model import SpecError, assemble
from explorer.model.variants import SHORTCUTS
from explorer.outputs import formatting
from explorer.runs.records import RaceRecord
from explorer.runs.settings import TrainingSettings
from explorer.ui.common.paths import asset
from explorer.ui.common.services import Services, services
from explorer.ui.train import share
from explorer.ui.train.live import when
from explorer.ui.train.setup import DEFAULT_CONTESTANTS, Entry, contestant_label, contestant_spec, setting_label
from explorer.ui.train.setup_panel import RACE

TROUBLE = "train.trouble"
RECENT = 8


def open_services() -> Services | None:
    """The store and the launcher, or one sentence on why there are none."""
    try:
        return services()
    except (StoreError, LauncherError, SettingsError) as error:
        st.error(f"Nothing can be trained on this server: {error}", icon=":material/database_off:")
        return None


def check(entry: Entry) -> SettingsError | None:
    """What is wrong with the race in preparation, if anything."""
    try:
        entry.checked()
    except SettingsError as error:
        return error
    return None


def _start(entry: Entry, shared: Services, owner: str) -> None:
    try:
        contestants, settings = entry.checked()
        race = shared.store.create_race(
            contestants, settings, owner=owner, name=entry.title(), seeds=entry.seeds(), pool=shared.launcher.pool
        )
        st.session_state[RACE] = race.id
        shared.launcher.wake()
    except (SettingsError, StoreError, LauncherError) as error:
        st.session_state[TROUBLE] = str(error)


def title_row(
    entry: Entry, error: SettingsError | None, shared: Services | None, owner: str, race: RaceRecord | None
) -> None:
    """What is on show, and the button that starts a race."""
    with st.container(horizontal=True, vertical_alignment="center", key="title"):
        st.markdown("## Train", width="stretch")
        if race is not None:
            share.show(race)
            st.button("New race", key="new", icon=":material/add:", on_click=lambda: st.session_state.pop(RACE, None))
        st.button(
            "Start the race" if len(entry.contestants) != 1 else "Start training",
            type="primary",
            key="start",
            icon=":material/play_arrow:",
            disabled=error is not None or shared is None,
            on_click=_start,
            args=(entry, shared, owner),
            help="Trains all contestants, as many at a time as this machine has room for.",
        )
    if race is not None:
        st.caption(f"{race.name} · started {when(race.created)}")


def messages(entry: Entry, error: SettingsError | None, shared: Services | None) -> None:
    """What went wrong, one sentence each."""
    for said in entry.refused:
        st.warning(said, icon=":material/link_off:")
    if error is not None:
        st.error(f"**{setting_label(error.field)}**: {error.message}.", icon=":material/error:")
    trouble = st.session_state.pop(TROUBLE, None) or (shared.launcher.status().trouble if shared else None)
    if trouble:
        st.error(trouble, icon=":material/warning:")


def chosen_race(shared: Services) -> RaceRecord | None:
    """The race that the address names; says so where there is none."""
    race_id = st.session_state.get(RACE)
    if not race_id:
        return None
    try:
        race = shared.store.race(race_id)
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        return None
    if race is None:
        st.session_state.pop(RACE, None)
        st.warning(
            "The race of this link is not on this server, or was deleted. Its networks and settings are set up here, if"
            " the link names them: start it to train it again.",
            icon=":material/link_off:",
        )
    return race


def welcome(entry: Entry) -> None:
    """What will run, and what to look for, before the first race."""
    if tuple(entry.contestants) == DEFAULT_CONTESTANTS and entry.settings["dataset"] == TrainingSettings.dataset:
        st.markdown(asset("text/en/train.md"))
    st.markdown(f"### Contestants, fitted to {dataset_label(entry.settings['dataset'])}")
    rows = []
    for name in entry.contestants:
        try:
            spec = fit_spec(contestant_spec(name), entry.settings["dataset"])
            cost = assemble(spec).cost
        except (SpecError, SettingsError):
            continue
        rows.append(
            {
                "Network": contestant_label(name),
                "Layers": spec.depth,
                "Parameters": f"{cost.params:,}",
                "MACs an image": formatting.short(cost.macs),
                "Shortcut": SHORTCUTS[spec.shortcut].label,
            }
        )
    if rows:
        st.dataframe(rows, hide_index=True, key="contestants.table")


def recent_races(shared: Services, owner: str, shown: RaceRecord | None) -> None:
    """The races that this browser started, newest first."""
    try:
        races = shared.store.races(owner=owner, limit=RECENT)
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        return
    others = [race for race in races if shown is None or race.id != shown.id]
    if not others:
        return
    st.markdown("### Your other races" if shown else "### Your races")
    for race in others:
        over = sum(not run.active for run in race.runs)
        state = "running" if race.active else "over"
        st.button(
            f"{race.name} · {when(race.created)} · {state}, {over} of {len(race.runs)} done",
            key=f"race.{race.id}",
            type="tertiary",
            icon=":material/show_chart:",
            on_click=_show,
            args=(race.id,),
        )


def _show(race_id: str) -> None:
    st.session_state[RACE] = race_id
