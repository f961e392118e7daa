"""The known networks of the catalogue with the shapes of another, at its classes and channels, and their titles."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from explorer.identify.layers import shape_counts
from explorer.language import Sentence, as_sentence, sentence
from explorer.model import PRESETS, ModelSpec, SpecError, preset
from explorer.model.identity import known
from explorer.model.variants.shortcuts import is_plain

CIFAR_HEAD = (("head_hidden", ()), ("head_pool", "max"), ("image_size", 32))
"""The chains of VGG with one linear layer behind the last max pool, as they are made for images of 32 pixels."""

BLOCK = re.compile(r"layer(\d{1,3})\.(\d{1,4})\.")


def known_alike(spec: ModelSpec, named_blocks: tuple[int, ...] = ()) -> list[ModelSpec]:
    """The known networks with the same shapes, fitted to the spec's classes and channels.

    Where a chain of single convolutions halves the map is in no shape, nor is its stages' number; else only those with
    as many blocks in each stage are looked at, or with as many as the file's names say (`named_blocks`).
    """
    chain = is_chain(spec)
    alike = []
    for name, entry in PRESETS.items():
        blocks = entry.fields.get("stage_blocks", (3, 4, 6, 3))
        is_other_chain = chain != (entry.fields.get("block") == "single" and entry.fields.get("shortcut") == "none")
        if blocks != named_blocks and (is_other_chain or not (chain or blocks == spec.stage_blocks)):
            continue
        fitted = [_fitted(name, spec.num_classes, spec.in_channels)]
        if chain:
            fitted += [_fitted(name, spec.num_classes, spec.in_channels, CIFAR_HEAD)]
        alike += [each for each in fitted if each is not None and shape_counts(each) == shape_counts(spec)]
    return alike


def blocks_by_name(names: Iterable[str]) -> tuple[int, ...]:
    """How many blocks each stage has by torchvision's names, `layer2.3.conv1`; empty where there are none."""
    blocks = {block.groups() for block in map(BLOCK.match, names) if block}
    stages = Counter(int(stage) for stage, _ in blocks)
    return tuple(stages[number] for number in sorted(stages))


def is_chain(spec: ModelSpec) -> bool:
    """Whether a network is a row of single convolutions without shortcuts, such as VGG's."""
    return spec.block == "single" and is_plain(spec)


def title_of(spec: ModelSpec) -> Sentence | None:
    """The title of the known network, also of a chain that differs in its head alone; None where there is none."""
    if found := known.identify(spec):
        return found[0].told
    for name, entry in PRESETS.items() if is_chain(spec) else ():
        if entry.fields.get("block") == "single" and spec == _fitted(
            name, spec.num_classes, spec.in_channels, CIFAR_HEAD
        ):
            title = as_sentence(entry.told_title)
            return sentence("{network} at {size} px with one linear layer", network=title, size=spec.image_size)
    return None


@lru_cache(maxsize=1024)
def _fitted(name: str, classes: int, channels: int, more: tuple[tuple[str, Any], ...] = ()) -> ModelSpec | None:
    try:
        return replace(preset(name), num_classes=classes, in_channels=channels, **dict(more))
    except SpecError:
        return None
