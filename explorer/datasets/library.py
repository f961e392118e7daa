"""Where data sets lie: those made here, those that are on the machine already, and which belong to which visitor.

A user's own data set is private by its name, which cannot be guessed without the images; a visitor's list of own data
sets is a folder of empty files. All own sets together are bounded: the longest unused are removed first.
"""

import contextlib
import errno
import os
import re
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from explorer.artifacts.shared import shared_artifacts, unshare
from explorer.datasets.archive import OwnDataError
from explorer.datasets.array_file import (
    SUFFIX,
    DataFileError,
    dataset_path,
    datasets_directory,
    local_dataset,
    read_facts,
)
from explorer.datasets.bounds import PAGE
from explorer.datasets.catalogue import DATASETS, OWN, DatasetFacts, dataset_facts
from explorer.datasets.image_report import ImageReport
from explorer.jobs.capacity import GIB
from explorer.jobs.codec import from_plain
from explorer.jobs.errors import SettingsError, StoreError, text_of
from explorer.language import N_, Text, as_sentence, sentence

FOLDER_VARIABLE = "RESIDUAL_EXPLORER_DATASETS"
"""A folder of data sets on this machine: torchvision's, and folders of class folders that pages may offer."""
UNTOUCHED_SECONDS = 3600.0
"""An own data set is not removed to make room before it has been unused for so long."""
VISITOR = re.compile(r"[0-9a-f]{32}")
TO_DOWNLOAD = N_("{name} is not on this machine yet; it is a download of {size}")

FORMS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "fashion_mnist": tuple(
        (folder, ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte"))
        for folder in ("FashionMNIST/raw", "fashion-mnist", "dataset-fashion-mnist", ".")
    ),
    "cifar10": (("cifar-10-batches-py", ("data_batch_1", "test_batch")), (".", ("cifar-10-python.tar.gz",))),
    "cifar100": (("cifar-100-python", ("train", "test")), (".", ("cifar-100-python.tar.gz",))),
}
"""How torchvision and Debian lay the known data sets out: a folder below a root, and files that must be in it."""


def is_present(name: str) -> bool:
    """Whether a run can load this data set now."""
    if name in DATASETS and not DATASETS[name].download_bytes:
        return True
    try:
        read_facts(local_dataset(name))
    except (OSError, DataFileError, StoreError):
        return False
    return True


def require_present(name: str) -> None:
    """Raises SettingsError, which says what helps, where a run cannot load this data set now."""
    facts = dataset_facts(name)
    if not is_present(name):
        raise SettingsError("dataset", sentence(TO_DOWNLOAD, name=sentence(facts.label), size=facts.download))
    if OWN.fullmatch(name) and shared_artifacts():
        with contextlib.suppress(OwnDataError):  # one that came from another machine may take the place of others
            make_room(0, keep=(name,))


def find_existing(name: str) -> Path | None:
    """A folder or archive of a known data set that is on this machine already; None where there is none."""
    for root in _roots():
        for folder, files in FORMS.get(name, ()):
            place = root / folder
            with contextlib.suppress(OSError):
                if all(any((place / f"{file}{end}").is_file() for end in ("", ".gz")) for file in files):
                    return place / files[0] if files[0].endswith(".tar.gz") else place
    return None


def _roots() -> Iterator[Path]:
    if configured := os.environ.get(FOLDER_VARIABLE):
        yield Path(configured)
    yield Path("data")
    with contextlib.suppress(RuntimeError):  # there is no home folder
        yield Path.home() / "data"
        yield Path.home() / "datasets"
        yield Path(os.environ.get("TORCH_HOME") or Path.home() / ".cache" / "torch") / "datasets"
    yield Path("/usr/share/datasets")
    yield Path("/usr/share")


def offered_folders() -> dict[str, Path]:
    """The folders and archives in the configured folder by name: a visitor may choose these and no other path."""
    configured = os.environ.get(FOLDER_VARIABLE)
    if not configured:
        return {}
    known = {folder.split("/")[0] for forms in FORMS.values() for folder, _ in forms}
    found = {}
    with contextlib.suppress(OSError):
        for each in sorted(Path(configured).iterdir()):
            usable = each.is_dir() or each.suffix.lower() == ".zip"
            if usable and each.name not in known and not each.name.startswith(".") and not each.is_symlink():
                found[each.name] = each
    return found


def own_report(name: str) -> ImageReport | None:
    """What was read of an own data set and what was left out; None where there is no such data set."""
    try:
        report: ImageReport = from_plain(ImageReport, read_facts(local_dataset(name)).get("report"))
    except (OSError, ValueError, StoreError):
        return None
    return report


def note_use(name: str) -> None:
    """Records that a data set is in use now, if it has a file."""
    with contextlib.suppress(OSError, StoreError):
        os.utime(dataset_path(name))


def note_owner(visitor: str, name: str) -> None:
    """Adds an own data set to a visitor's list. Raises OSError, StoreError."""
    if VISITOR.fullmatch(visitor) and OWN.fullmatch(name):
        folder = datasets_directory() / "visitors" / visitor
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def own_names(visitor: str) -> list[str]:
    """The names of a visitor's own data sets that are on this machine."""
    if not VISITOR.fullmatch(visitor):
        return []
    try:
        listed = sorted((datasets_directory() / "visitors" / visitor).iterdir())
    except (OSError, StoreError):
        return []
    return [each.name for each in listed if OWN.fullmatch(each.name) and is_present(each.name)]


def readable_facts(visitor: str) -> list[DatasetFacts]:
    """The facts of every known data set and of the visitor's own ones, but for own images that are gone."""
    found = []
    for name in [*DATASETS, *own_names(visitor)]:
        with contextlib.suppress(SettingsError):
            found.append(dataset_facts(name))
    return found


def forget_own(visitor: str, name: str) -> None:
    """Removes an own data set from a visitor's list, and its file if it is on no other list. Raises StoreError."""
    if not (VISITOR.fullmatch(visitor) and OWN.fullmatch(name)):
        return
    visitors = datasets_directory() / "visitors"
    with contextlib.suppress(FileNotFoundError):
        (visitors / visitor / name).unlink()
        if not any((each / name).exists() for each in visitors.iterdir()):
            dataset_path(name).unlink(missing_ok=True)
            unshare("datasets", name)


def make_room(size: int, keep: Collection[str], most: int = PAGE.all_own) -> None:
    """Removes the longest unused own data sets until `size` bytes fit into `most`; never one in `keep` or used of late.

    Raises OwnDataError where that does not make enough room, StoreError where the folder cannot be read.
    """
    files = sorted(datasets_directory().glob(f"own_*{SUFFIX}"), key=lambda file: file.stat().st_mtime)
    total = sum(file.stat().st_size for file in files)
    for file in files:
        if total + size <= most:
            return
        if file.stem not in keep and time.time() - file.stat().st_mtime > UNTOUCHED_SECONDS:
            total -= file.stat().st_size
            file.unlink(missing_ok=True)
    if total + size > most:
        told = sentence(
            "All own data sets of this machine together may take {most:,.3g} GiB, and they do.", most=most / GIB
        )
        raise OwnDataError(told)


DISK_FULL = N_("The disk is full; nothing was kept.")
MEMORY_FULL = N_("Reading this takes more memory than it may; nothing was kept.")


def refusal(error: Exception) -> Text | None:
    """What the user reads about an error of a process that makes a data set; None for an unexpected one."""
    if isinstance(error, (OwnDataError, StoreError, DataFileError)):
        return text_of(error)
    if isinstance(error, SettingsError):
        return sentence("{message}.", message=as_sentence(error.told))
    if isinstance(error, MemoryError):
        return MEMORY_FULL
    if isinstance(error, OSError):
        return (
            DISK_FULL
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else sentence("{error}.", error=str(error.strerror or error))
        )
    return None
