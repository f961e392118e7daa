"""A child process that reads somebody's own pictures: `python -m explorer.runs.data_own_child`, see `data_child`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explorer.runs.data_child import GIB, Tell, answer_one
from explorer.runs.data_files import dataset_path, write_dataset
from explorer.runs.data_own import read_own_data
from explorer.runs.data_shelf import make_room, note_owner, note_use

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
