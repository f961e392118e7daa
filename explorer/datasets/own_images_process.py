"""The child process that reads a user's own images: `python -m explorer.datasets.own_images_process`."""

import sys
from pathlib import Path

from explorer.datasets.array_file import dataset_path
from explorer.datasets.array_writer import write_dataset
from explorer.datasets.library import make_room, note_owner, note_use, sentence
from explorer.datasets.own_images import read_own_data
from explorer.datasets.requests import ImportReport, MadeDataset, OwnImagesRequest
from explorer.jobs.capacity import GIB
from explorer.jobs.child_side import SendProgress, answer_one, bound_memory
from explorer.jobs.codec import from_plain

MOST_MEMORY_BYTES = 4 * GIB


def work(request: OwnImagesRequest, send_progress: SendProgress) -> MadeDataset:
    """Reads the source and keeps it for its owner under a name made from its content; known images stay as they are.

    Raises OwnDataError, StoreError, and OSError where the disk is full.
    """

    def progress(done: int, total: int) -> None:
        send_progress(done, total, f"image {done:,} of {total:,}")

    arrays, facts = read_own_data(Path(request.source), request.label, request.side, progress)
    path = dataset_path(facts["name"])
    if path.exists():
        note_use(facts["name"])
    else:
        make_room(sum(array.nbytes for array in arrays.values()), request.keep)
        write_dataset(path, arrays, facts)
    if request.owner:
        note_owner(request.owner, facts["name"])
    return MadeDataset(facts["name"], from_plain(ImportReport, facts["report"]))


if __name__ == "__main__":
    bound_memory(MOST_MEMORY_BYTES)
    sys.exit(answer_one(OwnImagesRequest, work, sentence))
