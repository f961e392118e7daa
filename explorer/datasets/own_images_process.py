"""The child process that reads a user's own images: `python -m explorer.datasets.own_images_process`; see `process`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explorer.datasets.array_file import dataset_path
from explorer.datasets.array_writer import write_dataset
from explorer.datasets.library import make_room, note_owner, note_use
from explorer.datasets.own_images import read_own_data
from explorer.datasets.process import GIB, Tell, answer_one

MOST_MEMORY = 4 * GIB


def work(request: Mapping[str, Any], tell: Tell) -> Mapping[str, Any]:
    """Reads `source` and keeps it for `owner` under a name made from its content; pictures known already stay."""

    def progress(done: int, total: int) -> None:
        tell(done, total, f"image {done:,} of {total:,}")

    arrays, facts = read_own_data(Path(request["source"]), request["label"], request.get("side"), progress)
    path = dataset_path(facts["name"])
    if path.exists():
        note_use(facts["name"])
    else:
        make_room(sum(array.nbytes for array in arrays.values()), request.get("keep", ()))
        write_dataset(path, arrays, facts)
    if request.get("owner"):
        note_owner(request["owner"], facts["name"])
    return {"name": facts["name"], "report": facts["report"]}


if __name__ == "__main__":
    sys.exit(answer_one(work, memory=MOST_MEMORY))
