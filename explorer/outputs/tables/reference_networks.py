"""The networks that everybody knows as a background: their cost, and their published errors, protocol by protocol.

An error is only comparable within a data set and a protocol, so that a field of comparison is one pair of both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from explorer.analysis.published import PROTOCOLS, published_tables
from explorer.language import Sentence, joined
from explorer.model import PRESETS, ModelSpec, preset

FEWEST_DOTS = 3
"""A protocol under which fewer networks were published makes no background."""
LEFT_OUT = ("as quoted", "read off the figure", "stated in the caption")
"""Protocols whose figures are quoted from another paper."""


@dataclass(frozen=True)
class Field:
    """A data set and a protocol: errors measured so are comparable."""

    key: str
    dataset: str
    protocol: str
    explanation: str

    @property
    def label(self) -> Sentence:
        """Both in words, to be told later."""
        return joined(", ", self.dataset, self.protocol)


class Dot(NamedTuple):
    """A known network with a published error in percent, and where it is printed."""

    preset: str
    error: float
    source: str


def dots_of(spec: ModelSpec, dots: Iterable[Dot]) -> list[Dot]:
    """The published figures of this network, under any of its names."""
    return [dot for dot in dots if preset(dot.preset) == spec]


@cache
def paper_fields() -> Mapping[Field, tuple[Dot, ...]]:
    """Every field that the papers' tables fill well enough, the fullest first."""
    found: dict[Field, dict[tuple[str, str], Dot]] = {}
    for table in published_tables():
        for row in table.rows:
            if row.preset not in PRESETS or row.protocol in LEFT_OUT or not _is_number(row.top1):
                continue
            key = f"{row.dataset}-{row.protocol}".replace(" ", "_").replace(",", "").lower()
            field = Field(key, row.dataset, row.protocol, PROTOCOLS[row.protocol])
            dot = Dot(row.preset, float(row.top1), table.name)
            # A network that several tables print alike is one dot.
            found.setdefault(field, {}).setdefault((row.preset, row.top1), dot)
    full = {field: tuple(dots.values()) for field, dots in found.items() if len(dots) >= FEWEST_DOTS}
    return dict(sorted(full.items(), key=lambda item: -len(item[1])))


def weights_field(weights: str) -> Field:
    """The field of one of torchvision's recipes: `IMAGENET1K_V1` or `_V2`."""
    explanation = "torchvision's published weights on ImageNet-1K, one centre crop; V2 is a longer, newer recipe, which"
    explanation += " ResNeXt-101 64x4d, published as V1, had too"
    return Field(f"torchvision-{weights.lower()}", "ImageNet", f"torchvision {weights}", explanation)


def best_field(fields: Mapping[Field, tuple[Dot, ...]], specs: Iterable[ModelSpec]) -> Field:
    """The field in which most of the networks have a figure; of equals the fullest."""
    wanted = set(specs)
    return max(
        fields, key=lambda field: (len({preset(dot.preset) for dot in fields[field]} & wanted), len(fields[field]))
    )


def _is_number(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False
