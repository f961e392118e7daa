"""What the claims came out as when they were last checked over fresh seeds: stored with the app.

The file is what `python -m explorer labs --check --format json` prints.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from explorer.experiments.claims.claim import Outcome, Verdict

FILE = Path(__file__).with_name("measured.json")


@cache
def measured_outcomes() -> Mapping[str, Outcome]:
    """The stored outcome of each claim by the claim's name."""
    rows = json.loads(FILE.read_text())
    return MappingProxyType(
        {row["name"]: Outcome(Verdict(row["verdict"]), row["result"], row["reason"]) for row in rows}
    )
