"""What is known of a study that was started."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from explorer.studies.study import Study
from explorer.studies.toml_file import read_study


@dataclass(frozen=True)
class Batch:
    """All networks of a study with one of its settings and one seed: a training comparison, once it is queued."""

    comparison_id: str
    study_id: str
    settings: int
    seed: int


@dataclass(frozen=True)
class StudyRecord:
    """A study with its file as it was given. Times are seconds since 1970."""

    id: str
    owner: str
    key: str
    created: float
    cancelled: float | None
    toml: str

    @cached_property
    def study(self) -> Study:
        """What the file says. Raises StudyError where this version cannot read it."""
        return read_study(self.toml)


def key_of(study: Study) -> str:
    """A text that is the same for studies with the same cells, whatever their titles and seeds."""
    cells = [(cell.label, cell.spec.to_json(), cell.settings.to_json()) for cell in study.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def owner_of_runs(owner: str) -> str:
    """The owner of a study's runs in the queue: its turns are not those of the visitor's other runs."""
    return f"study/{owner}"[:128]
