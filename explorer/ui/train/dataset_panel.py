"""The data set of a comparison: the choice, its contents, the download, and the visitor's own images."""

import os
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from explorer.datasets.array_file import DataFileError, dataset_path, datasets_directory, open_dataset
from explorer.datasets.catalogue import DATASETS, DatasetFacts, dataset_facts, dataset_label
from explorer.datasets.contact_sheet import sheet_classes
from explorer.datasets.library import find_existing, is_present, own_names
from explorer.datasets.requests import FetchRequest
from explorer.jobs.errors import SettingsError, StoreError
from explorer.language import N_, _, sentence
from explorer.outputs.formatting import whole
from explorer.ui.common.paths import ASSETS
from explorer.ui.common.refresh import refreshed
from explorer.ui.common.remembered_widgets import bound
from explorer.ui.common.visitor import visitor
from explorer.ui.train.dataset_jobs import POLL_SECONDS, dataset_jobs, own_key, show_error, show_progress, start_job
from explorer.ui.train.own_images_panel import own_images_panel
from explorer.ui.train.setup import TrainingSetup

SHEET_WIDTH = 320
"""Least width of a sheet of samples in pixels: smaller ones are enlarged with hard edges."""
SHOWN_CLASSES = 12
OWN_TITLE = N_("{name} · only on this machine")


def dataset_panel(setup: TrainingSetup, problem: str | None) -> None:
    """Draws the choice, the facts of the data set, and what must be done before it can be used."""
    _take_finished(setup)
    chosen = setup.settings["dataset"]
    offered = list(dict.fromkeys([*DATASETS, *own_names(visitor()), chosen]))
    st.selectbox(
        _("Data set"),
        offered,
        offered.index(chosen),
        format_func=_title,
        **bound(
            *("dataset", chosen, _take, setup),
            help="\n".join(f"- **{_(facts.label)}**: {_(facts.about)}" for facts in DATASETS.values()),
        ),
    )
    try:
        facts = dataset_facts(chosen)
    except SettingsError:
        facts = None
    if facts is not None:
        _describe(facts)
    if facts is not None and not is_present(chosen):
        _offer_download(facts)
    elif problem:
        st.error(problem, icon=":material/error:")
    own_images_panel(setup)


def _title(name: str) -> str:
    return dataset_label(name) if name in DATASETS else _(OWN_TITLE).format(name=dataset_label(name))


def _take(setup: TrainingSetup) -> None:
    setup.take_dataset(st.session_state["dataset"])
    setup.warnings.clear()


def _take_finished(setup: TrainingSetup) -> None:
    """Chooses this visitor's own images once they have been read."""
    job = dataset_jobs().job(own_key())
    if job is not None and job.done and job.answer is not None:
        dataset_jobs().forget(own_key())
        setup.take_dataset(job.answer.name)
        st.rerun()


def _describe(facts: DatasetFacts) -> None:
    count = facts.train_images + facts.test_images
    sheet = _sheet(facts.name) if is_present(facts.name) else None
    if sheet is not None:
        st.image(sheet, width="stretch", alt=_("Samples of {dataset}").format(dataset=_(facts.label)))
        names = [facts.classes[place] for place in sheet_classes(len(facts.classes))]
        more = "…" if len(names) > SHOWN_CLASSES or len(names) < len(facts.classes) else ""
        st.caption(_("In turn: {names}").format(names=", ".join(names[:SHOWN_CLASSES]) + more))
    st.caption(
        _("{count} images, {train} to train and {test} to test · {shape} · {classes} classes").format(
            count=whole(count),
            train=whole(facts.train_images),
            test=whole(facts.test_images),
            shape=facts.shape,
            classes=len(facts.classes),
        )
    )


def _sheet(name: str) -> Any:
    if name in DATASETS and not DATASETS[name].download_bytes:
        return os.fspath(ASSETS / "datasets" / f"{name}.png")
    try:
        path = dataset_path(name)
        return _enlarged(os.fspath(path), path.stat().st_mtime_ns)
    except (OSError, DataFileError, StoreError):
        return None


@lru_cache(maxsize=32)
def _enlarged(path: str, _written: int) -> Any:
    sheet = np.asarray(open_dataset(Path(path))["sheet"])
    times = -(-SHEET_WIDTH // sheet.shape[1])
    large = sheet.repeat(times, axis=0).repeat(times, axis=1)
    return large[..., 0] if large.shape[2] == 1 else large


def _offer_download(facts: DatasetFacts) -> None:
    """Copies a known data set from elsewhere on this machine, or offers its download."""
    key = facts.name
    job = dataset_jobs().job(key)
    place = find_existing(facts.name)
    if job is None and place is not None:
        reading = sentence("reading {dataset} from {place}", dataset=sentence(facts.label), place=str(place))
        start_job(key, FetchRequest(facts.name, os.fspath(place)), reading)
        job = dataset_jobs().job(key)
    if job is not None and not job.done:
        refreshed(partial(show_progress, key), POLL_SECONDS, active=True)
        return
    show_error(key, job)
    st.button(
        _("Download {size}").format(size=facts.download),
        key="data.download",
        icon=":material/cloud_download:",
        on_click=start_job,
        args=(key, FetchRequest(facts.name), sentence("connecting to {server}", server=facts.source)),
        width="stretch",
    )
    st.caption(
        _(
            "{dataset} is not on this machine yet. It is downloaded once for everybody from `{server}` and kept in"
            " `{folder}`."
        ).format(dataset=_(facts.label), server=facts.source, folder=datasets_directory())
    )
