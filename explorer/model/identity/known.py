"""Which known network a specification is. Graphs are compared, so other fields for the same network are found too."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from explorer.language import N_, Sentence, counted, joined, sentence
from explorer.model.controls import CONTROLS
from explorer.model.errors import SpecError
from explorer.model.identity.canonical import Signature, signature
from explorer.model.presets.catalogue import PRESETS
from explorer.model.spec import ModelSpec, preset
from explorer.model.variants import DROP_MODES


def _rate(rate: float, with_it: str, without: str) -> Sentence:
    return sentence(with_it, rate=rate) if rate else sentence(without)


def _classes(count: int) -> Sentence:
    return counted("{count:,} class", "{count:,} classes", count=count) if count else sentence("no classifier")


def _channels(count: int) -> Sentence:
    return counted("{count} input channel", "{count} input channels", count=count)


ADAPTATIONS: dict[str, tuple[Any, Callable[[Any], Sentence]]] = {
    "image_size": (None, lambda size: sentence("at {size} px", size=size)),
    "image_width": (None, lambda width: sentence("{width} px wide", width=width) if width else sentence("square")),
    "num_classes": (1000, _classes),
    "in_channels": (3, _channels),
    "zero_init_residual": (
        False,
        lambda on: sentence("zero-initialised branches") if on else sentence("not zero-initialised branches"),
    ),
    "drop_path": (0.0, lambda rate: _rate(rate, N_("stochastic depth {rate:g}"), N_("without stochastic depth"))),
    "drop_path_mode": ("row", lambda mode: sentence("branches dropped {mode}", mode=sentence(DROP_MODES[mode].label))),
    "head_dropout": (
        0.0,
        lambda rate: _rate(rate, N_("dropout {rate:g} in the head"), N_("without dropout in the head")),
    ),
    "block_dropout": (
        0.0,
        lambda rate: _rate(rate, N_("dropout {rate:g} in the blocks"), N_("without dropout in the blocks")),
    ),
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
    """In English; `told` is its name in the present language."""
    differences: tuple[Sentence, ...]
    """As texts, such as `at 64 px`; empty if the spec is the preset itself."""
    changed_fields: tuple[str, ...]

    @property
    def exact(self) -> bool:
        return not self.differences

    @property
    def told(self) -> Sentence:
        """The known network's title with the differences, to be told later."""
        return joined(", ", PRESETS[self.name].told_title, *self.differences)


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
