"""A child process that brings a known data set here: from torchvision's address, or from where the machine has it.

`python -m explorer.engine.data.fetch`; see `explorer.jobs.child_side` for the lines that it reads and writes.
"""

import hashlib
import http.client
import os
import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from explorer.artifacts.shared import share
from explorer.datasets.array_file import DataFileError, dataset_path, datasets_directory
from explorer.datasets.array_writer import write_dataset
from explorer.datasets.catalogue import DATASETS, MIB, DatasetFacts
from explorer.datasets.contact_sheet import contact_sheet
from explorer.datasets.library import refusal
from explorer.datasets.requests import FetchRequest, MadeDataset
from explorer.engine.data.published import PUBLISHED
from explorer.jobs.child_side import SendProgress, answer_one
from explorer.language import N_, Sentence, sentence

MIRROR_VARIABLE = "RESIDUAL_EXPLORER_MIRROR"
"""An address under which a class keeps the same files, instead of the authors' servers."""
TIMEOUT_SECONDS = 30.0
CHUNK = 2**18
ROOM = 6
"""Times its download that a data set may take on the way: the archive, what it unpacks to, and some air."""


BROKE_OFF = N_("The connection to {host} broke off; nothing was kept.")
DAMAGED = N_("{name} from {host} is damaged (its checksum is not the published one); nothing was kept.")
UNREACHABLE = N_("{name} was not downloaded: this machine cannot reach {host} ({cause}).")


def work(request: FetchRequest, send_progress: SendProgress) -> MadeDataset:
    """Makes the data set `name` from `source`, or from a download if there is none."""
    facts = DATASETS[request.name]
    place = Path(request.source) if request.source else None
    if place is None:
        place = download(facts, Path(request.folder), send_progress)
    send_progress(0, 0, sentence("reading {name}", name=sentence(facts.label)))
    published = PUBLISHED[facts.name]
    arrays, classes = published.read(published.source, place)
    if classes != facts.classes:
        raise DataFileError(
            sentence("The classes in {file} are not those of {name}.", file=place.name, name=facts.label)
        )
    arrays["sheet"] = contact_sheet(arrays["train_images"], arrays["train_labels"], len(classes))
    write_dataset(dataset_path(facts.name), arrays, {"name": facts.name})
    share("datasets", facts.name, dataset_path(facts.name))
    return MadeDataset(facts.name)


def download(facts: DatasetFacts, folder: Path, send_progress: SendProgress) -> Path:
    """Fetches the files of a data set into `folder`, checks them, and returns where they are. Raises DataFileError."""
    free = shutil.disk_usage(datasets_directory()).free
    if free < ROOM * facts.download_bytes:
        needed = (ROOM * facts.download_bytes - free) / MIB
        raise DataFileError(
            sentence("There is not enough room on the disk: {needed:,.0f} MiB more are needed.", needed=needed)
        )
    files = PUBLISHED[facts.name].downloads()
    done = 0
    mirror = os.environ.get(MIRROR_VARIABLE)
    for name, published, md5 in files:
        address = f"{mirror.rstrip('/')}/{name}" if mirror else published
        done = _fetch(address, md5, folder / name, facts, done, send_progress)
    return folder / files[0][0] if len(files) == 1 else folder


def _fetch(address: str, md5: str, file: Path, facts: DatasetFacts, done: int, send_progress: SendProgress) -> int:
    """One file; returns how many bytes of the data set are here now."""
    host = urlsplit(address).hostname
    if urlsplit(address).scheme not in ("http", "https"):
        raise DataFileError(sentence("{variable} must begin with http:// or https://.", variable=MIRROR_VARIABLE))
    found, begin = hashlib.md5(usedforsecurity=False), done
    try:
        request = urllib.request.Request(address, headers={"User-Agent": "residual-explorer"})  # noqa: S310  (checked)
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer, file.open("wb") as kept:  # noqa: S310
            while chunk := answer.read(CHUNK):
                kept.write(chunk)
                found.update(chunk)
                done += len(chunk)
                what = sentence("{done:,.1f} of {size} from {host}", done=done / MIB, size=facts.download, host=host)
                send_progress(done, facts.download_bytes, what)
                if done > 2 * facts.download_bytes:
                    told = sentence("{host} sends more than {name} has; nothing was kept.", host=host, name=facts.label)
                    raise DataFileError(told)
            missing = answer.length
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        if done > begin:
            raise DataFileError(sentence(BROKE_OFF, host=host)) from error
        raise DataFileError(_unreachable(facts, host, error)) from error
    if missing:
        raise DataFileError(sentence(BROKE_OFF, host=host))
    if found.hexdigest() != md5:
        raise DataFileError(sentence(DAMAGED, name=file.name, host=host))
    return done


def _unreachable(facts: DatasetFacts, host: str | None, error: Exception) -> Sentence:
    """One sentence on why there is no download."""
    if isinstance(error, urllib.error.HTTPError):
        return sentence(
            "{name} was not downloaded: {host} answers with {code} ({reason}).",
            name=facts.label,
            host=host,
            code=error.code,
            reason=str(error.reason),
        )
    reason = getattr(error, "reason", None) or error
    cause = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
    return sentence(UNREACHABLE, name=facts.label, host=host, cause=cause)


if __name__ == "__main__":
    sys.exit(answer_one(FetchRequest, work, refusal))
