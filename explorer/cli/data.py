"""The data set that a command names: a known one, fetched first if that was asked for, or a folder or a ZIP."""

import os
import sys
from pathlib import Path

from explorer.datasets.array_file import datasets_directory
from explorer.datasets.catalogue import DATASETS, dataset_facts, is_dataset
from explorer.datasets.jobs import DataJob, DataJobError
from explorer.datasets.library import find_existing, is_present, report_lines
from explorer.datasets.requests import FetchRequest, ImportReport, MadeDataset, OwnImagesRequest, Request
from explorer.jobs.errors import SettingsError, StoreError

POLL_SECONDS = 0.2


def bring_dataset(text: str, *, download: bool, side: int | None) -> str:
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
    if not Path(text).exists():
        known = ", ".join(each.replace("_", "-") for each in DATASETS)
        raise SettingsError("dataset", f"{text!r} is neither a folder, nor a ZIP file, nor one of {known}")
    path = Path(text).resolve()
    made = _make(OwnImagesRequest(path.name, side, source=os.fspath(path)), "reading the images")
    if isinstance(made, str):
        raise SettingsError("dataset", made.removesuffix("."))
    if made.report is not None:
        _print_report(made.report)
    return made.name


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
                print(f"\r\033[K{job.progress.what}", end="", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        job.cancel()
        job.wait(10.0)
        raise
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    return job.answer if job.answer is not None else job.error


def _print_report(report: ImportReport) -> None:
    """Prints what was read and what was left out to standard error."""
    print(f"{report.images:,} images. {report.rule} {report.split}", file=sys.stderr)
    for line in report_lines(report):
        print(line, file=sys.stderr)
