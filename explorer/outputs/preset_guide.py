"""The guide's chapter on known networks, written from the tables: `python -m explorer.outputs.preset_guide`."""

import sys
from collections import Counter
from itertools import groupby

from explorer.analysis.compared_outputs import compared_with_libraries
from explorer.analysis.published.inexpressible import ELSEWHERE, IN_TABLES, Inexpressible
from explorer.model import PRESETS, assemble, preset
from explorer.outputs.tables.table import Table, to_markdown

OPENING = """# Known networks

A preset is a named, known network: a row of field values in `explorer/model/presets/tables/`. The names work on the
command line (`python -m explorer describe resnet50`), in JSON (`{{"preset": "resnet50", "stride_on": "1x1"}}`) and in
links. There are {count} of them. The graph of a specification decides which network it is, and not its name: the badge
says "ResNet-50, at 64 px, 6 classes" for every specification of that network.

The counts are trainable parameters and multiply-adds (MACs; FLOPs = 2 x MACs) of one image at the preset's own size.
Tests compare them with figures that other programs computed, with Keras' totals, torchvision and timm.

The outputs were compared too. On equal random weights, these networks of other libraries and the presets with their
names give the same class scores before the softmax at 64, 97 and 224 px:
{compared}. The largest difference is {difference:.1e} of the largest score.
`python -m scripts.compared_outputs` compares again.

This page is written by `python -m explorer.outputs.preset_guide`.
"""

CLOSING = """
## Networks without a preset

Rows of the papers' tables that the fields of a specification cannot express:

{tables}

Networks of other lists:

{elsewhere}
"""


def presets_markdown() -> str:
    """The chapter."""
    families = (
        _family(name, [known.name for known in members])
        for name, members in groupby(PRESETS.values(), key=lambda known: known.family)
    )
    rows = [row for name in PRESETS for row in compared_with_libraries(name)]
    libraries = Counter(f"{row.library} {row.version}" for row in rows)
    opening = OPENING.format(
        count=len(PRESETS),
        compared=", ".join(f"{count} of {library}" for library, count in libraries.items()),
        difference=max(max(row.differences) for row in rows),
    )
    closing = CLOSING.format(tables=_why(IN_TABLES), elsewhere=_why(ELSEWHERE))
    return opening + "".join(families) + closing


def _family(family: str, names: list[str]) -> str:
    sources = list(dict.fromkeys(PRESETS[name].source for name in names))
    costs = {name: assemble(preset(name)).cost for name in names}
    rows = tuple((f"`{name}`", PRESETS[name].title, cost.params, cost.macs) for name, cost in costs.items())
    heading = ("name", "network", "parameters", "MACs")
    return f"\n## {family}\n\n{'; '.join(sources)}.\n\n{to_markdown(Table(family, heading, heading, rows))}"


def _why(entries: tuple[Inexpressible, ...]) -> str:
    heading = ("network", "why")
    return to_markdown(Table("", heading, heading, tuple((entry.networks, entry.why) for entry in entries))).rstrip()


if __name__ == "__main__":
    sys.stdout.write(presets_markdown())
