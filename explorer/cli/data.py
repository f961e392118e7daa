"""The data set that a command names: a known one, fetched first if that was asked for, or a folder or a ZIP."""

import os
import sys
from dataclasses import replace
from pathlib import Path

from explorer.datasets.array_file import datasets_directory
from explorer.datasets.catalogue import DATASETS, dataset_facts, is_dataset
from explorer.datasets.image_report import ImageReport, summary, warning_lines
from explorer.datasets.jobs import DataJob, DataJobError
from explorer.datasets.library import find_existing, is_present
from explorer.datasets.requests import FetchRequest, MadeDataset, OwnImagesRequest, Request
from explorer.jobs.errors import SettingsError, StoreError
from explorer.language import told

POLL_SECONDS = 0.2
NO_DATASET = "{!r} is neither a folder, nor a ZIP file, nor one of {}"


def bring_dataset(text: str, *, download: bool, side: int | None, outer: str = "") -> str:
    """The name under which a run finds the data set: `fashion-mnist`, a folder of class folders, a ZIP of one.

    Raises SettingsError for what cannot be used or must be downloaded first, StoreError where the download fails.
    """
    name = text.lower().replace("-", "_")
    if name in DATASETS:
        if side is not None:
            raise SettingsError("image_size", f"the images of {DATASETS[name].label} stay as they are")
        if not is_present(name):
            _bring_known(name, download)
        return name
    if is_dataset(text):
        return dataset_facts(text).name
    made = _read_own(text, OwnImagesRequest("", side, outer=outer))
    if made.report is not None:
        for line in (summary(made.report), *warning_lines(made.report)):
            print(line, file=sys.stderr)
    return made.name


def read_report(text: str, side: int | None, outer: str) -> ImageReport:
    """The report on a folder of class folders, or a ZIP of one; nothing is kept. Raises SettingsError, StoreError."""
    made = _read_own(text, OwnImagesRequest("", side, outer=outer, only_report=True))
    if made.report is None:
        raise StoreError("The process that read the images sent no report.")
    return made.report


def _read_own(text: str, request: OwnImagesRequest) -> MadeDataset:
    """What a child made of the folder or the archive `text`, within the machine's bounds. Raises SettingsError."""
    path = Path(text).resolve()
    if not path.exists():
        known = ", ".join(each.replace("_", "-") for each in DATASETS)
        raise SettingsError("dataset", NO_DATASET.format(text, known))
    made = _make(replace(request, label=path.name, source=os.fspath(path), bounds="machine"), "reading the images")
    if isinstance(made, str):
        raise SettingsError("dataset", made.removesuffix("."))
    return made


def _bring_known(name: str, download: bool) -> None:
    facts = DATASETS[name]
    place = find_existing(name)
    if place is None and not download:
        raise SettingsError(
            "dataset",
            f"{facts.label} is not on this machine; --download fetches {facts.download} from {facts.source} into"
            f" {datasets_directory()}",
        )
    if place is not None:
        print(f"{facts.label} found in {place}", file=sys.stderr)
    made = _make(FetchRequest(name, os.fspath(place) if place is not None else ""), f"fetching {facts.label}")
    if isinstance(made, str):
        raise StoreError(made)


def _make(request: Request, what: str) -> MadeDataset | str:
    """The data set that a child has made, or a sentence on why there is none; a terminal shows progress."""
    try:
        job = DataJob(request, what)
    except DataJobError as error:
        return str(error)
    try:
        while not job.wait(POLL_SECONDS):
            if sys.stderr.isatty():
                print(f"\r\033[K{told(job.progress.what)}", end="", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        job.cancel()
        job.wait(10.0)
        raise
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    return job.answer if job.answer is not None else told(job.error)
