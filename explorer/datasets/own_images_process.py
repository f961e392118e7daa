"""The child process that reads a user's own images: `python -m explorer.datasets.own_images_process`."""

import sys
from pathlib import Path

from explorer.artifacts.shared import share
from explorer.datasets.archive import OwnDataError
from explorer.datasets.array_file import dataset_path
from explorer.datasets.array_writer import write_dataset
from explorer.datasets.bounds import BOUNDS
from explorer.datasets.image_report import question_text
from explorer.datasets.library import make_room, note_owner, refusal
from explorer.datasets.own_images import facts_of, read_own_data
from explorer.datasets.requests import MadeDataset, OwnImagesRequest
from explorer.jobs.child_side import SendProgress, answer_one, bound_memory
from explorer.language import sentence


def work(request: OwnImagesRequest, send_progress: SendProgress) -> MadeDataset:
    """Reads the source and keeps it for its owner under a name made from its content; known images stay as they are.

    Raises OwnDataError, StoreError, and OSError where the disk is full.
    """
    bounds = BOUNDS[request.bounds]()
    bound_memory(bounds.memory)

    def progress(done: int, total: int) -> None:
        send_progress(done, total, sentence("image {done:,} of {total:,}", done=done, total=total))

    source = Path(request.source)
    own = read_own_data(source, request.label, request.side, progress, bounds=bounds, outer=request.outer)
    if request.only_report:
        return MadeDataset("", own.report)
    if own.report.question and not request.outer:
        raise OwnDataError(question_text(own.report.question))
    facts = facts_of(own)
    path = dataset_path(facts["name"])
    if not path.exists():
        make_room(sum(array.nbytes for array in own.arrays.values()), request.keep, bounds.all_own)
    # Known images get their report anew: other folders can have the same images.
    write_dataset(path, own.arrays, facts)
    share("datasets", facts["name"], path)
    if request.owner:
        note_owner(request.owner, facts["name"])
    return MadeDataset(facts["name"], own.report)


if __name__ == "__main__":
    sys.exit(answer_one(OwnImagesRequest, work, refusal))
