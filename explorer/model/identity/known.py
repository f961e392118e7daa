"""Which known network a specification is. Graphs are compared, so other fields for the same network are found too."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from explorer.model.controls import CONTROLS
from explorer.model.errors import SpecError
from explorer.model.identity.canonical import Signature, signature
from explorer.model.presets.catalogue import PRESETS
from explorer.model.spec import ModelSpec, preset
from explorer.model.variants import DROP_MODES

ADAPTATIONS: dict[str, tuple[Any, Callable[[Any], str]]] = {
    "image_size": (None, lambda size: f"at {size} px"),
    "image_width": (None, lambda width: f"{width} px wide" if width else "square"),
    "num_classes": (1000, lambda count: f"{count:,} class{'es' if count > 1 else ''}" if count else "no classifier"),
    "in_channels": (3, lambda count: f"{count} input channel{'s' if count > 1 else ''}"),
    "zero_init_residual": (False, lambda on: f"{'zero' if on else 'not zero'}-initialised branches"),
    "drop_path": (0.0, lambda rate: f"stochastic depth {rate:g}" if rate else "without stochastic depth"),
    "drop_path_mode": ("row", lambda mode: f"branches dropped {DROP_MODES[mode].label}"),
    "head_dropout": (
        0.0,
        lambda rate: f"dropout {rate:g} in the head" if rate else "without dropout in the head",
    ),
    "block_dropout": (0.0, lambda rate: f"dropout {rate:g} in the blocks" if rate else "without dropout in the blocks"),
}
"""Fields in which a network may differ from a known one and still go by its name: the value that is neutral for the
comparison (None: the field is in no op), and the words for a difference. They fit a network to its data, or act in
training only."""


@dataclass(frozen=True)
class Identified:
    """A known network that the spec is, up to the listed differences."""

    name: str
    """The preset."""
    title: str
    differences: tuple[str, ...]
    """As texts, such as `at 64 px`; empty if the spec is the preset itself."""
    changed_fields: tuple[str, ...]

    @property
    def exact(self) -> bool:
        return not self.differences

    def __str__(self) -> str:
        return ", ".join((self.title, *self.differences))


@lru_cache(maxsize=512)
def identify(spec: ModelSpec) -> tuple[Identified, ...]:
    """The known networks that equal `spec` up to `ADAPTATIONS`, the nearest first; empty if there is none."""
    bare = _bare_signature(spec)
    if bare is None:
        return ()
    found = [
        _compare(spec, name)
        for name, known in PRESETS.items()
        # Networks with other stages have other graphs; looking at the rest only keeps the first call quick.
        if known.fields.get("stage_blocks", (3, 4, 6, 3)) == spec.stage_blocks and _bare_signature(preset(name)) == bare
    ]
    return tuple(sorted(found, key=lambda identified: len(identified.differences)))


def paper_depth(spec: ModelSpec) -> int | None:
    """The depth that the paper of this known network gives, where it counts otherwise than `Graph.depth`."""
    return next((depth for found in identify(spec) if (depth := PRESETS[found.name].depth)), None)


@lru_cache(maxsize=512)
def _bare_signature(spec: ModelSpec) -> Signature | None:
    neutral = {name: value for name, (value, _) in ADAPTATIONS.items() if value is not None}
    try:
        return signature(replace(spec, **neutral))
    except SpecError:
        return None


def _compare(spec: ModelSpec, name: str) -> Identified:
    known = preset(name)
    changed = tuple(
        field
        for field in ADAPTATIONS
        if getattr(spec, field) != getattr(known, field) and CONTROLS[field].has_effect(spec)
    )
    words = tuple(ADAPTATIONS[field][1](getattr(spec, field)) for field in changed)
    return Identified(name, PRESETS[name].title, words, changed)
