"""How near a candidate has to be, and how much farther its rivals: read from the record of an experiment.

`python -m scripts.identification_thresholds` writes `thresholds.json` beside this file.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FILE = "thresholds.json"


@dataclass(frozen=True)
class Thresholds:
    """For images of one source: `data`, the network's own kind, or `photographs`, others."""

    ratio: float
    """A rival more than so many times as far as the best is excluded; another leaves its fields undecided."""
    nearer: float
    """Where a network that nobody is known to use is more than so many times nearer than the best known one, it is no
    chance: the file is none of the known ones."""
    distance: float
    """Where even the best candidate is farther, none is proven."""


@cache
def thresholds(source: str) -> Thresholds:
    """The thresholds for images of a source. Raises KeyError for another source."""
    stored = json.loads(files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    return Thresholds(**stored["thresholds"][source])
