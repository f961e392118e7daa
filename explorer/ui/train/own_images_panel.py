"""A visitor's own images: the form to bring them, and the report on what was read, before anything is trained."""

import os
from collections.abc import Iterable
from functools import partial
from typing import Any

import streamlit as st

from explorer.datasets.archive import LARGEST_UPLOAD_MB
from explorer.datasets.image_report import ImageReport, left_out_by_reason, summary
from explorer.datasets.library import forget_own, offered_folders, own_names, own_report
from explorer.datasets.requests import OwnImagesRequest
from explorer.jobs.errors import LauncherError, SettingsError, StoreError
from explorer.language import N_, Text, _, ngettext, told
from explorer.outputs.formatting import whole
from explorer.runs.records import ACTIVE
from explorer.ui.common.markdown import escaped
from explorer.ui.common.refresh import refreshed
from explorer.ui.common.remembered_widgets import pressed
from explorer.ui.common.services import services
from explorer.ui.common.visitor import visitor
from explorer.ui.train.dataset_jobs import (
    POLL_SECONDS,
    dataset_jobs,
    note_trouble,
    own_key,
    show_error,
    show_progress,
    start_job,
)
from explorer.ui.train.setup import TrainingSetup

SIDES: dict[str, int | None] = {N_("as they are, or 32"): None, "32": 32, "64": 64, "96": 96}
OUTER: dict[str, str] = {N_("as their names say"): "", N_("parts (train, test)"): "parts", N_("classes"): "classes"}
"""What the outer folders are, by the words of the menu."""
READING = N_("reading the images")
SHOWN_ROWS = 8
"""Rows of a table that are shown at once; of more it scrolls."""


def own_images_panel(setup: TrainingSetup) -> None:
    """Draws the form for a visitor's own images: a ZIP, or a folder that this server offers."""
    job = dataset_jobs().job(own_key())
    chosen = setup.settings["dataset"]
    mine = chosen in own_names(visitor())
    with st.expander(_("Your own images"), icon=":material/add_photo_alternate:", expanded=job is not None or mine):
        if mine:
            _report(setup, chosen)
        busy = job is not None and not job.done
        if busy:
            refreshed(partial(show_progress, own_key()), POLL_SECONDS, active=True)
        else:
            show_error(own_key(), job)
        file = st.file_uploader(
            _("ZIP with a folder for each class"),
            type=["zip"],
            max_upload_size=LARGEST_UPLOAD_MB,
            key="data.upload",
            help=_(
                "For example `roses/1.jpg`, `tulips/2.png`. Folders `train` and `test` above the class folders are"
                " the two parts; without them a fifth of each class is kept for testing. The images stay on this"
                " machine, and only people with the link can use them."
            ),
        )
        folders = offered_folders()
        folder = st.selectbox(_("Or a folder of this server"), [None, *folders], key="data.folder") if folders else None
        side = st.selectbox(
            _("Side in pixels"),
            list(SIDES),
            key="data.side",
            format_func=_,
            help=_("Every image becomes a square of this size."),
        )
        outer = st.selectbox(
            _("Outer folders"),
            list(OUTER),
            key="data.outer",
            format_func=_,
            help=_(
                "Folders called `train` and `test` (or `val`, `dev`, `eval`, `trainset`, ...) are the parts of the"
                " data set. Where a name leaves it open, say here what the outer folders are."
            ),
        )
        st.button(
            _("Read the images"),
            key="data.read",
            width="stretch",
            **{"disabled": busy or (file is None and folder is None)}
            | pressed(_read, file, folder, SIDES[side], OUTER[outer], sets=("dataset",)),
        )


def _read(file: Any, folder: str | None, side: int | None, outer: str) -> None:
    """Starts to read an uploaded ZIP, or else a folder that was offered."""
    try:
        in_use = tuple(run.dataset for run in services().store.runs(states=ACTIVE))
    except (StoreError, LauncherError, SettingsError) as error:
        note_trouble(own_key(), str(error))
        return
    if file is not None:
        request = OwnImagesRequest(file.name, side, visitor(), in_use, outer=outer)
        start_job(own_key(), request, READING, bytes(file.getvalue()))
    elif folder in offered_folders():
        source = os.fspath(offered_folders()[folder])
        request = OwnImagesRequest(str(folder), side, visitor(), in_use, source, outer=outer)
        start_job(own_key(), request, READING)


def _report(setup: TrainingSetup, name: str) -> None:
    report = own_report(name)
    if report is None:
        return
    st.markdown(_("**Read before training.** {summary}").format(summary=escaped(told(summary(report)))))
    rows = [
        {_("class"): each, _("train"): count.train, _("test"): count.test} for each, count in report.classes.items()
    ]
    st.dataframe(rows, hide_index=True, key="data.classes", height="content" if len(rows) <= SHOWN_ROWS else 240)
    if report.warnings:
        st.warning(_listed(report.warnings), icon=":material/rule:")
    _left_out(report)
    remove = pressed(_remove, setup, name, sets=("dataset",))
    st.button(_("Remove these images"), key="data.remove", icon=":material/delete:", **remove)


def _listed(lines: Iterable[Text]) -> str:
    return "\n".join(f"- {escaped(told(line))}" for line in lines)


def _left_out(report: ImageReport) -> None:
    if not report.skipped:
        return
    st.caption(
        ngettext("Left out: {count} file.", "Left out: {count} files.", report.skipped_count).format(
            count=whole(report.skipped_count)
        )
    )
    st.caption(_listed(left_out_by_reason(report)))


def _remove(setup: TrainingSetup, name: str) -> None:
    try:
        forget_own(visitor(), name)
        setup.take_dataset("digits")
    except (StoreError, OSError) as error:
        note_trouble(own_key(), str(error))
