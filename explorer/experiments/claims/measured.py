"""What the claims came out as when they were last checked over fresh seeds: stored with the app.

The file is what `python -m explorer labs --check --format json` prints.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from explorer.experiments.claims.claim import Outcome, Verdict
from explorer.jobs.codec import from_plain
from explorer.language import Text

FILE = Path(__file__).with_name("measured.json")


@cache
def measured_rows() -> Mapping[str, Mapping[str, Any]]:
    """The stored row of each claim by the claim's name."""
    return MappingProxyType({row["name"]: MappingProxyType(row) for row in json.loads(FILE.read_text())})


@cache
def measured_outcomes() -> Mapping[str, Outcome]:
    """The stored outcome of each claim by the claim's name."""
    return MappingProxyType(
        {
            name: Outcome(Verdict(row["verdict"]), from_plain(Text, json.loads(row["told"])), row["reason"])
            for name, row in measured_rows().items()
        }
    )
