"""The data set of a comparison: the choice, its contents, the download, and the visitor's own images."""

import os
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from explorer.datasets.archive import LARGEST_UPLOAD_MB
from explorer.datasets.array_file import DataFileError, dataset_path, datasets_directory, open_dataset
from explorer.datasets.catalogue import DATASETS, DatasetFacts, dataset_facts, dataset_label
from explorer.datasets.contact_sheet import sheet_classes
from explorer.datasets.jobs import DataJob, DataJobError, DatasetJobs
from explorer.datasets.library import (
    find_existing,
    forget_own,
    is_present,
    offered_folders,
    own_names,
    own_report,
    report_lines,
)
from explorer.datasets.requests import FetchRequest, OwnImagesRequest, Request
from explorer.jobs.errors import LauncherError, SettingsError, StoreError
from explorer.runs.records import ACTIVE
from explorer.ui.common.paths import ASSETS
from explorer.ui.common.refresh import Check, refreshed
from explorer.ui.common.remembered_widgets import bound
from explorer.ui.common.services import services
from explorer.ui.common.visitor import visitor
from explorer.ui.train.setup import TrainingSetup

POLL_SECONDS = 0.5
SHEET_WIDTH = 320
"""Least width of a sheet of samples in pixels: smaller ones are enlarged with hard edges."""
SIDES: dict[str, int | None] = {"as they are, or 32": None, "32": 32, "64": 64, "96": 96}
SHOWN_CLASSES = 12
TROUBLE = "data.trouble"


@st.cache_resource(show_spinner=False)
def dataset_jobs() -> DatasetJobs:
    """The data set jobs of this server, which all visitors share."""
    return DatasetJobs()


def dataset_panel(setup: TrainingSetup, problem: str | None) -> None:
    """Draws the choice, the facts of the data set, and what must be done before it can be used."""
    _take_finished(setup)
    chosen = setup.settings["dataset"]
    st.selectbox(
        "Data set",
        list(dict.fromkeys([*DATASETS, *own_names(visitor()), chosen])),
        format_func=_title,
        help="\n".join(f"- **{facts.label}**: {facts.about}" for facts in DATASETS.values()),
        **bound("dataset", chosen, _take, setup),
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
    _own_images(setup)


def _own_key() -> str:
    return f"own {visitor()}"


def _title(name: str) -> str:
    return dataset_label(name) if name in DATASETS else f"{dataset_label(name)} · only on this machine"


def _take(setup: TrainingSetup) -> None:
    setup.take_dataset(st.session_state["dataset"])
    setup.warnings.clear()


def _take_finished(setup: TrainingSetup) -> None:
    """Chooses this visitor's own images once they have been read."""
    job = dataset_jobs().job(_own_key())
    if job is not None and job.done and job.answer is not None:
        dataset_jobs().forget(_own_key())
        setup.take_dataset(job.answer.name)
        st.rerun()


def _describe(facts: DatasetFacts) -> None:
    count = facts.train_images + facts.test_images
    sheet = _sheet(facts.name) if is_present(facts.name) else None
    if sheet is not None:
        st.image(sheet, width="stretch", alt=f"Samples of {facts.label}")
        names = [facts.classes[place] for place in sheet_classes(len(facts.classes))]
        more = "…" if len(names) > SHOWN_CLASSES or len(names) < len(facts.classes) else ""
        st.caption(f"In turn: {', '.join(names[:SHOWN_CLASSES])}{more}")
    st.caption(
        f"{count:,} images, {facts.train_images:,} to train and {facts.test_images:,} to test · {facts.shape} ·"
        f" {len(facts.classes)} classes"
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
        _start(key, FetchRequest(facts.name, os.fspath(place)), f"reading {facts.label} from {place}")
        job = dataset_jobs().job(key)
    if job is not None and not job.done:
        refreshed(partial(_progress, key), POLL_SECONDS, active=True)
        return
    _show_error(key, job)
    st.button(
        f"Download {facts.download}",
        key="data.download",
        icon=":material/cloud_download:",
        on_click=_start,
        args=(key, FetchRequest(facts.name), f"connecting to {facts.source}"),
        width="stretch",
    )
    st.caption(
        f"{facts.label} is not on this machine yet. It is downloaded once for everybody from `{facts.source}` and kept"
        f" in `{datasets_directory()}`."
    )


def _show_error(key: str, job: DataJob | None) -> None:
    """Shows why there is no data set: the job's error, or why it could not be started."""
    asked, message = st.session_state.pop(TROUBLE, ("", ""))
    if asked != key:
        message = job.error if job is not None and job.done else ""
    if message:
        st.error(_escaped(message), icon=":material/error:")


def _start(key: str, request: Request, what: str, upload: bytes | None = None) -> None:
    """Starts a job, or stores a message for the visitor on why that is not possible."""
    dataset_jobs().forget(key)
    try:
        dataset_jobs().start(key, request, what, upload)
    except (DataJobError, StoreError, OSError) as error:
        st.session_state[TROUBLE] = (key, str(error))


def _progress(key: str, check: Check) -> None:
    job = dataset_jobs().job(key)
    if job is None or job.done:
        check(False)
        return
    st.progress(job.progress.share, job.progress.what)
    st.button("Cancel", key="data.cancel", icon=":material/close:", on_click=job.cancel, width="stretch")


def _own_images(setup: TrainingSetup) -> None:
    """Draws the form for a visitor's own images: a ZIP, or a folder that this server offers."""
    job = dataset_jobs().job(_own_key())
    chosen = setup.settings["dataset"]
    mine = chosen in own_names(visitor())
    with st.expander("Your own images", icon=":material/add_photo_alternate:", expanded=job is not None or mine):
        if mine:
            _report(setup, chosen)
        if job is not None and not job.done:
            refreshed(partial(_progress, _own_key()), POLL_SECONDS, active=True)
            return
        _show_error(_own_key(), job)
        file = st.file_uploader(
            "ZIP with a folder for each class",
            type=["zip"],
            max_upload_size=LARGEST_UPLOAD_MB,
            key="data.upload",
            help="For example `roses/1.jpg`, `tulips/2.png`. Folders `train` and `test` above the class folders are"
            " the two parts; without them a fifth of each class is kept for testing. The images stay on this"
            " machine, and only people with the link can use them.",
        )
        folders = offered_folders()
        folder = st.selectbox("Or a folder of this server", [None, *folders], key="data.folder") if folders else None
        side = st.selectbox(
            "Side in pixels", list(SIDES), key="data.side", help="Every image becomes a square of this size."
        )
        st.button(
            "Read the images",
            key="data.read",
            disabled=file is None and folder is None,
            on_click=_read,
            args=(file, folder, SIDES[side]),
            width="stretch",
        )


def _read(file: Any, folder: str | None, side: int | None) -> None:
    """Starts to read an uploaded ZIP, or else a folder that was offered."""
    try:
        in_use = tuple(run.dataset for run in services().store.runs(states=ACTIVE))
    except (StoreError, LauncherError, SettingsError) as error:
        st.session_state[TROUBLE] = (_own_key(), str(error))
        return
    if file is not None:
        request = OwnImagesRequest(file.name, side, visitor(), in_use)
        _start(_own_key(), request, "reading the images", bytes(file.getvalue()))
    elif folder in offered_folders():
        source = os.fspath(offered_folders()[folder])
        _start(_own_key(), OwnImagesRequest(str(folder), side, visitor(), in_use, source), "reading the images")


def _report(setup: TrainingSetup, name: str) -> None:
    report = own_report(name)
    if report is None:
        return
    st.markdown(f"**{report.images:,} images read.** {report.rule} {report.split}")
    if lines := list(report_lines(report)):
        st.warning("\n".join(f"- {_escaped(line)}" for line in lines), icon=":material/rule:")
    st.button("Remove these images", key="data.remove", icon=":material/delete:", on_click=_remove, args=(setup, name))


def _escaped(line: str) -> str:
    """The text with Markdown's characters escaped: a file's name may contain them."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]()<>#+!|$:~" else char for char in line)


def _remove(setup: TrainingSetup, name: str) -> None:
    try:
        forget_own(visitor(), name)
        setup.take_dataset("digits")
    except (StoreError, OSError) as error:
        st.session_state[TROUBLE] = (_own_key(), str(error))
