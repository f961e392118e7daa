"""Finished runs as the networks of a lab: their choice, the results kept with them, and the links from Runs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from time import localtime, strftime
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from explorer.datasets.catalogue import NO_DATASET, dataset_label
from explorer.experiments import CATALOGUE, ExperimentRequest, Subject
from explorer.experiments.description import LabPart
from explorer.experiments.result_cache import KeptResult
from explorer.jobs.errors import SettingsError
from explorer.language import N_, _, ngettext, sentence
from explorer.model import SpecError
from explorer.outputs.formatting import whole
from explorer.runs.records import RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store
from explorer.ui.common import run_names
from explorer.ui.common.address import Problem
from explorer.ui.common.address_bar import show_warnings
from explorer.ui.common.downloads import download_button
from explorer.ui.common.lesson_step import lock
from explorer.ui.common.page_links import page_button, page_file
from explorer.ui.common.services import from_store, services
from explorer.ui.common.visitor import visitor
from explorer.ui.common.widget_values import newest, show_value
from explorer.ui.labs.shared.lab import RUNS, remember, remembered
from explorer.ui.measuring.jobs import manager

MOST_RUNS_OFFERED = 200
MOST_LABEL_CHARACTERS = 70
TIME_FORMAT = "%Y-%m-%d %H:%M"
NO_RUN = N_("You have no finished run yet. Train a network; then it appears here.")
HELP = N_(
    "The lab uses the trained network on the images that it was trained on. The list holds your own finished runs and "
    "those of the link that you opened. The results are kept with the run."
)


def choose_runs(most: int) -> tuple[RunRecord, ...]:
    """The runs that the visitor chooses from a list, at most `most`. Their ids are in the URL."""
    found = from_store(lambda: offered_runs(services().store, visitor(), _linked_ids()))
    if found is None:
        return ()
    offered = {name: run for name, run in found.items() if run.dataset != NO_DATASET}
    if not offered:
        st.info(_(NO_RUN), icon=":material/info:")
        st.page_link(page_file("train"), label=_("Start a training"), icon=":material/play_arrow:")
        return ()
    key = f"labs.runs.{most}"
    if key not in st.session_state:
        chosen_ids = [name for name in _linked_ids() if name in offered][:most]
        _show_missing(_linked_ids(), chosen_ids, most)
        st.session_state[key] = chosen_ids or [next(iter(offered))]
    show_value(key, [name for name in newest(key) if name in offered])
    chosen = st.multiselect(
        _("Finished runs") if most > 1 else _("Finished run"),
        list(offered),
        st.session_state[key],
        format_func=lambda name: run_title(offered[name]),
        key=key,
        max_selections=most,
        placeholder=_("Choose a run"),
        **lock(RUNS.name, help=_(HELP)),
    )
    remember(RUNS.name, ",".join(chosen))
    if not chosen:
        st.info(_("Choose a finished run, or another network."), icon=":material/info:")
    return tuple(offered[name] for name in chosen)


def _show_missing(linked: Sequence[str], found: Sequence[str], most: int) -> None:
    """Says in a sentence which of a link's runs are not used."""
    count = len(linked)
    if len(found) < count:
        here = ngettext(
            "{missing} of {count} run named are not among the finished runs here",
            "{missing} of {count} runs named are not among the finished runs here",
            count,
        )
        message = here if count <= most else _("{count} runs are more than the {most} that this part takes")
        used = _("the others are used") if found else _("the newest run is used instead")
        filled = message.format(missing=count - len(found), count=whole(count), most=most)
        show_warnings([Problem(RUNS, filled, used).sentence])


def _linked_ids() -> list[str]:
    return [name for name in remembered(RUNS.name).split(",") if name]


def offered_runs(store: Store, owner: str, linked_ids: Iterable[str]) -> dict[str, RunRecord]:
    """Finished runs by id: those of the link, then the owner's own, the newest first. Raises StoreError."""
    own = {run.id: run for run in store.runs(owner=owner, states=("finished",), limit=MOST_RUNS_OFFERED)}
    linked = {name: run for name in linked_ids if name not in own and (run := store.run(name)) is not None}
    finished = {name: run for name, run in linked.items() if run.state == "finished" and run.deleted is None}
    return {name: run for name, run in (finished | own).items() if _readable(run)}


def _readable(run: RunRecord) -> bool:
    """Whether the run's network and settings can be read; an older version may have written them."""
    try:
        return (run.spec, run.settings) is not None
    except (SpecError, SettingsError):
        return False


def local_time(seconds: float) -> str:
    """Seconds since 1970 as date and time in this machine's time zone."""
    return strftime(TIME_FORMAT, localtime(seconds))


def run_title(run: RunRecord) -> str:
    """A run's text in the list: label, seed, data set, steps, and when it ended."""
    when = local_time(run.ended or run.created)
    if not run.was_trained:
        return f"{run.label}, {when}"
    return _("{label}, seed {seed}, {images}, {steps} steps, {when}").format(
        label=run.label, seed=run.seed, images=_(dataset_label(run.dataset)), steps=whole(run.steps), when=when
    )


def subjects(runs: Sequence[RunRecord]) -> tuple[Subject, ...]:
    """The networks of runs, with the weights at the end of training, under names that differ."""
    names = run_names.run_names(runs)
    return tuple(Subject(names[run.id][:MOST_LABEL_CHARACTERS], run.spec, run.id) for run in runs)


def training_settings(runs: Sequence[RunRecord]) -> TrainingSettings:
    """The settings of the first run, without augmentation; the run's own weights are used, whatever it started from.

    Raises SettingsError for runs on different data sets, or with different normalisations.
    """
    if len({run.settings.normalisation for run in runs}) > 1:
        raise SettingsError(
            "runs", sentence("these runs normalise their images differently. Choose runs that do it alike.")
        )
    if len({run.dataset for run in runs}) > 1:
        raise SettingsError(
            "runs", sentence("these runs were trained on different images. Choose runs of one data set.")
        )
    return replace(runs[0].settings.from_usual_start(), device="auto", augmentation="none")


# Kept results ----------------------------------------------------------------------------------------------------


def result_address(request: ExperimentRequest) -> dict[str, str] | None:
    """The query of the URL that opens a kept result in its lab; None for an experiment that uses no finished runs."""
    lab = request.description.lab
    if lab is None:
        return None
    runs = ",".join(subject.run for subject in request.networks)
    return {"lab": lab.lab, "part": lab.part, **lab.controls(request.parameters), RUNS.name: runs}


def results_table(results: Iterable[KeptResult]) -> pd.DataFrame:
    """A row for each result that is kept with a run, with the URL that opens it."""
    return pd.DataFrame(
        [
            {
                _("Open"): f"/labs?{urlencode(query, safe=',')}",
                _("Experiment"): _(each.request.description.label),
                _("Networks"): ", ".join(subject.label for subject in each.request.networks),
                _("When"): local_time(each.when),
            }
            for each in results
            if (query := result_address(each.request)) is not None
        ]
    )


def draw_kept_results(runs: Sequence[RunRecord], key: str) -> None:
    """A table and a download of the results that are kept with the runs; nothing if there are none."""
    results = {each.request.key: each for run in runs for each in manager().kept.of_run(run.id)}
    table = results_table(results.values())
    if table.empty:
        return
    st.markdown(_("**Kept with the chosen runs**"))
    columns = {_("Open"): st.column_config.LinkColumn(_("Open"), display_text=_("Open ↗"))}
    st.dataframe(table, hide_index=True, column_config=columns, key=f"{key}.kept")
    download_button(
        _("Download all (JSON lines)"),
        lambda: "".join(each.lines() for each in results.values()),
        f"{runs[0].label}-labs.jsonl",
        f"{key}.download",
    )


def lab_parts() -> list[LabPart]:
    """The parts of labs that use finished runs, in the order of the catalogue."""
    return [each.lab for each in CATALOGUE.values() if each.lab is not None]


def labs_popover(chosen: Sequence[RunRecord]) -> None:
    """A button for each lab that uses trained weights, and the results that are kept with the chosen runs."""
    finished = [run for run in chosen if run.state == "finished" and run.deleted is None and run.dataset != NO_DATASET]
    with st.popover(_("Labs"), icon=":material/science:", key="runs.labs", disabled=not finished):
        if not finished:
            return
        for lab in lab_parts():
            taken = finished[: lab.most_runs]
            networks = taken[0].label if len(taken) == 1 else _("{count} runs").format(count=len(taken))
            query = {"lab": lab.lab, "part": lab.part, RUNS.name: ",".join(run.id for run in taken)}
            page_button(
                _(lab.button),
                "labs",
                query,
                dict,
                key=f"runs.labs.{lab.lab}.{lab.part}",
                help=_("Uses the trained weights of {networks}.").format(networks=networks),
            )
        draw_kept_results(finished, "runs.labs")
