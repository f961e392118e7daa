"""Finished runs of the Train page in the laboratories: their trained weights are looked at instead of new ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from time import localtime, strftime
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from explorer.datasets.catalogue import dataset_label
from explorer.experiments import CATALOGUE, ExperimentRequest, Subject
from explorer.experiments.result_cache import Kept
from explorer.jobs.errors import SettingsError, StoreError
from explorer.model import SpecError
from explorer.runs.records import RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store
from explorer.ui.common import run_names
from explorer.ui.common.paths import PAGES
from explorer.ui.common.services import services
from explorer.ui.common.visitor import visitor
from explorer.ui.common.widget_values import show
from explorer.ui.labs.shared.controls import RUNS, remember, remembered
from explorer.ui.measuring.jobs import manager

MOST_RUNS_OFFERED = 200
MOST_LABEL_CHARACTERS = 70
TIME_FORMAT = "%Y-%m-%d %H:%M"
HELP = (
    "The trained network itself is looked at, on the images that it was trained for. Here are your own finished runs, "
    "and those of a link that somebody gave you; what is found out is kept with the run."
)


def choose_runs(most: int) -> tuple[RunRecord, ...]:
    """A list of finished runs to choose from; those that are chosen, whose link stands in the address."""
    try:
        known = offered_runs(services().store, visitor(), _linked_ids())
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        return ()
    if not known:
        _draw_no_runs_message()
        return ()
    key = f"labs.runs.{most}"
    if key not in st.session_state:
        st.session_state[key] = [name for name in _linked_ids() if name in known][:most] or [next(iter(known))]
    show(key, [name for name in st.session_state[key] if name in known])
    chosen = st.multiselect(
        "Finished runs" if most > 1 else "Finished run",
        list(known),
        format_func=lambda name: run_title(known[name]),
        key=key,
        max_selections=most,
        help=HELP,
        placeholder="Choose a run",
    )
    remember(RUNS, ",".join(chosen))
    if not chosen:
        st.info("Choose a finished run, or another network.", icon=":material/info:")
    return tuple(known[name] for name in chosen)


def _linked_ids() -> list[str]:
    return [name for name in remembered(RUNS).split(",") if name]


def _draw_no_runs_message() -> None:
    st.info("You have no finished run yet: train a network, and it is offered here.", icon=":material/info:")
    st.page_link(str(PAGES / "train.py"), label="Start a training", icon=":material/play_arrow:")


def offered_runs(store: Store, owner: str, asked: Iterable[str]) -> dict[str, RunRecord]:
    """The finished runs of a visitor by id, the newest first, after those that a link names. Raises StoreError."""
    found = {run.id: run for run in store.runs(owner=owner, states=("finished",), limit=MOST_RUNS_OFFERED)}
    linked = {name: run for name in asked if name not in found and (run := store.run(name)) is not None}
    shared = {name: run for name, run in linked.items() if run.state == "finished" and run.deleted is None}
    return {name: run for name, run in (shared | found).items() if _readable(run)}


def _readable(run: RunRecord) -> bool:
    """Whether its network and its settings are still understood: an older version may have written them."""
    try:
        _ = run.spec, run.settings
    except (SpecError, SettingsError):
        return False
    return True


def local_time(seconds: float) -> str:
    """Seconds since 1970 as this machine's date and time."""
    return strftime(TIME_FORMAT, localtime(seconds))


def run_title(run: RunRecord) -> str:
    """A run in the list."""
    when = local_time(run.ended or run.created)
    return f"{run.label}, seed {run.seed}, {dataset_label(run.dataset)}, {run.steps:,} steps, {when}"


def subjects(runs: Sequence[RunRecord]) -> tuple[Subject, ...]:
    """The networks of runs with the weights at the end of their training, under names that tell them apart."""
    names = run_names.run_names(runs)
    return tuple(Subject(names[run.id][:MOST_LABEL_CHARACTERS], run.spec, run.id) for run in runs)


def training_settings(runs: Sequence[RunRecord]) -> TrainingSettings:
    """How the runs were trained; images are shown as they are. Raises SettingsError for several data sets."""
    if len({run.dataset for run in runs}) > 1:
        raise SettingsError("runs", "these were trained on different images; choose runs of one data set.")
    return replace(runs[0].settings, device="auto", augmentation="none")


# Kept results ----------------------------------------------------------------------------------------------------

ADDRESSES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "signal_and_gradient": ("signal", "blocks", ()),
    "lesion": ("lesion", "damage", ("draws",)),
    "gradient_paths": ("lesion", "paths", ("samples",)),
    "landscape": ("landscape", "slices", ("seconds", "directions")),
    "look_inside": ("inside", "maps", ("image", "channels")),
}
"""Laboratory, part, and the settings that are controls there, of each probe that looks at finished runs."""


def result_address(request: ExperimentRequest) -> dict[str, str]:
    """The query that opens a kept result in its laboratory."""
    lab, part, names = ADDRESSES[request.experiment]
    query = {"lab": lab, "part": part} | {name: str(request.parameters[name]) for name in names}
    if request.parameters.get("directions") == "random":
        query["radius"] = f"{100 * request.parameters['radius']:g}"
    return query | {RUNS: ",".join(subject.run for subject in request.networks)}


def results_table(found: Iterable[Kept]) -> pd.DataFrame:
    """A row for each result that is kept with a run, with the address that opens it."""
    return pd.DataFrame(
        [
            {
                "Open": f"/labs?{urlencode(result_address(each.request), safe=',')}",
                "Experiment": CATALOGUE[each.request.experiment].label,
                "Networks": ", ".join(subject.label for subject in each.request.networks),
                "When": local_time(each.when),
            }
            for each in found
            if each.request.experiment in ADDRESSES
        ]
    )


def draw_kept_results(runs: Sequence[RunRecord], key: str) -> None:
    """What was found out about runs, to be opened and downloaded; nothing where there is nothing."""
    found = {each.request.key: each for run in runs for each in manager().kept.of_run(run.id)}
    table = results_table(found.values())
    if table.empty:
        return
    st.markdown("**Kept with the chosen runs**")
    columns = {"Open": st.column_config.LinkColumn("Open", display_text="Open ↗")}
    st.dataframe(table, hide_index=True, column_config=columns, key=f"{key}.kept")
    st.download_button(
        "Download all (JSON lines)",
        lambda: "".join(each.lines() for each in found.values()),
        f"{runs[0].label}-labs.jsonl",
        "application/jsonl",
        key=f"{key}.download",
        icon=":material/download:",
        on_click="ignore",
    )
