"""The network whose layers have the shapes of a file's: from what `estimate` reads, by changes of a few fields."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, product
from math import isqrt
from typing import Any

from explorer.identify.estimate import starts
from explorer.identify.layers import Layer, Signature, shape_counts
from explorer.identify.readings import Fields, convolutions, squeezing_pairs
from explorer.model import ModelSpec, SpecError
from explorer.model.variants import ATTENTIONS

Atoms = Counter[Signature]
"""How often each kind and size occurs, biases counted apart, so that a network without them is near one with them."""

MOST_STARTS = 80
MOST_SEARCHED = 5
MOST_TRIED = 1500
"""Networks that are assembled and compared for one part of a file, which bounds the time of a file that fits none."""
Tries = Iterator[int]
TELLING = ("block", "stem", "stem_pool", "transition", "head_hidden", "num_classes")
"""Fields that no search changes: where starts differ in them, the nearest of each kind is searched from."""
FAR = 0.4
"""The share of layers that differ beyond which combinations are not tried."""

SINGLE: dict[str, tuple[Any, ...]] = {
    "skip": ("identity", "exclusive_gate", "shortcut_gate", "conv1x1"),
    "shortcut": ("pad", "projection", "projection_all", "none"),
    "activation_order": ("post", "preact", "norm_first", "relu_only_preact", "bn_after_add"),
    "norm": ("batch", "group", "none"),
    "conv_bias": (False, True),
    "shortcut_norm": (True, False),
    "shortcut_bias": (False, True),
    "stem_norm": (True, False),
    "stem_bias": (False, True),
    "first_preact": (True, False),
    "closing": ("order", "none", "norm", "activation"),
    "bias_before_norm": (False, True),
    "head_norm": (False, True),
    "head_bias": (True, False),
    "head_pool": ("avg", "catmax", "max_7x7"),
    "activation": ("relu", "prelu"),
    "stride_block": ("first", "last"),
}
"""Fields that shapes show, and values that differ in them. Gates first: their biases look like those of layers."""

JOINT: tuple[tuple[str, ...], ...] = (
    ("activation_order", "stem_norm", "first_preact", "closing"),
    ("activation_order", "conv_bias", "bias_before_norm", "shortcut_norm", "shortcut_bias"),
    ("conv_bias", "bias_before_norm", "stem_bias", "shortcut_bias"),
    ("shortcut", "shortcut_norm", "skip", "stride_block"),
    ("norm", "stem_norm"),
)
"""Fields of which one change alone may lead away from the file's shapes: every combination of their values is tried."""

OF_ORDERS = ("stem_norm", "first_preact", "closing", "shortcut_norm", "shortcut_bias", "bias_before_norm", "conv_bias")
"""Fields that may have to change with the order of norms and activations."""

REDUCTIONS = (16, 4, 8, 2, 1, *(each for each in range(3, 257) if each not in {4, 8, 16}))
DIVISORS = (8, 1, *(each for each in range(2, 65) if each != 8))


@dataclass(frozen=True)
class Found:
    """A network and how many layers, biases counted apart, only it or only the file has."""

    spec: ModelSpec
    distance: int


def nearest(layers: Sequence[Layer]) -> tuple[Found, ...]:
    """The networks nearest to a file's layers, the nearest first; none where no stem and blocks can be read.

    Every one at distance 0 has the file's shapes. Where none has, the first differs by the fewest layers.
    """
    wanted = atoms(layer.signature for layer in layers)
    begun = first_found(layers, wanted)
    reached: dict[ModelSpec, Found] = {}
    tries = iter(range(MOST_TRIED))
    kinds: dict[tuple[Any, ...], Found] = {}
    for start in begun:
        kinds.setdefault(tuple(getattr(start.spec, name) for name in TELLING), start)
    chain = all(each.size > 1 or each.matrix for each in convolutions(layers))
    for start in sorted(kinds.values(), key=_likelihood)[:MOST_SEARCHED]:
        done = [each.spec.block for each in reached.values() if each.distance == 0]
        if done and (not chain or start.spec.block in done):  # a chain may also be one of units of two
            continue
        found = _search(start, wanted, _changes(layers), tries)
        reached.setdefault(found.spec, found)
    return tuple(sorted(reached.values(), key=lambda each: (each.distance, not _looks_plain(each.spec))))


def _likelihood(start: Found) -> tuple[bool, int]:
    """Small for a likely start. Nearly every network is a row of single convolutions with many norms and shortcuts."""
    return start.spec.block == "single" and start.spec.shortcut != "none", start.distance


def _looks_plain(spec: ModelSpec) -> bool:
    """Whether a chain is likelier plain than residual, of which shapes say nothing."""
    return spec.block == "single" and (spec.norm == "none" or bool(spec.head_hidden))


def first_found(layers: Sequence[Layer], wanted: Atoms) -> list[Found]:
    """The networks that are read from the shapes without a search, the nearest first."""
    begun: dict[ModelSpec, Found] = {}
    for fields in islice(starts(layers), MOST_STARTS):
        for found in _begin(fields, wanted):
            begun.setdefault(found.spec, found)
    return sorted(begun.values(), key=lambda found: found.distance)


def atoms(signatures: Iterator[Signature]) -> Atoms:
    """The kinds and sizes with biases as kinds of their own."""
    return _parted(Counter(signatures))


def distance(spec: ModelSpec, wanted: Atoms) -> int:
    """How many layers, biases counted apart, only the network or only the file has."""
    have = _atoms_of(spec)
    return sum(abs(have[each] - wanted[each]) for each in have.keys() | wanted.keys())


@lru_cache(maxsize=512)
def _atoms_of(spec: ModelSpec) -> Atoms:
    return _parted(shape_counts(spec))


def _parted(counts: Counter[Signature]) -> Atoms:
    parted: Atoms = Counter()
    for signature, count in counts.items():
        if signature[0] == "conv":
            parted[signature[:-1]] += count
            if signature[-1]:
                parted["bias", signature[1]] += count
        else:
            parted[signature] += count
    return parted


def _begin(fields: Fields, wanted: Atoms) -> Iterator[Found]:
    """The start as it was read, at the first image size at which it can be assembled."""
    for size in (fields.get("image_size", 224), 128, 512):
        try:
            spec = ModelSpec(**fields | {"image_size": size})
        except SpecError as error:
            if error.field != "image_size":
                break
            continue
        yield Found(spec, distance(spec, wanted))
        break


def of_other_orders(spec: ModelSpec, layers: Sequence[Layer]) -> Iterator[ModelSpec]:
    """Networks with the same shapes as that of `spec`, whose norms and activations are in another order.

    A row of convolutions and norms may be read in several ways, which names of containers tell apart.
    """
    wanted = atoms(layer.signature for layer in layers)
    groups = [[{name: value} for value in SINGLE[name]] for name in OF_ORDERS]
    groups.append(list(_joint(("stem_norm", "first_preact", "closing"))))
    tries = iter(range(MOST_TRIED))
    for order in SINGLE["activation_order"]:
        if order == spec.activation_order:
            continue
        try:
            start = replace(spec, activation_order=order)
        except SpecError:
            continue
        best = Found(start, distance(start, wanted))
        for _ in range(2):
            best = _descend(best, groups, wanted, tries)
        if best.distance == 0:
            yield best.spec


# Search ---------------------------------------------------------------------------------------------------------------


def _search(start: Found, wanted: Atoms, changes: list[list[Fields]], tries: Tries) -> Found:
    """The best of what changes of one field lead to, then of several; ends where none leads nearer."""
    best = start
    joint = [list(_joint(names)) for names in JOINT]
    while True:
        before = best.distance
        best = _descend(best, [*changes, *_of_stages(best.spec)], wanted, tries)
        if best.distance == before:
            if best.distance > FAR * sum(wanted.values()):
                return best  # combinations are many, and do not mend a wrong reading
            best = _descend(best, joint, wanted, tries, once=True)
        if best.distance in {0, before}:
            return best


def _descend(
    best: Found, groups: Sequence[Sequence[Fields]], wanted: Atoms, tries: Tries, *, once: bool = False
) -> Found:
    """The best after each group of changes in turn; with `once` only up to the first group that leads nearer."""
    before = best.distance
    for group in groups:
        if best.distance == 0 or (once and best.distance < before):
            break
        best = _best(best, group, wanted, tries)
    return best


def _best(best: Found, group: Sequence[Fields], wanted: Atoms, tries: Tries) -> Found:
    spec = best.spec
    for change in group:
        if all(getattr(spec, name) == value for name, value in change.items()):
            continue
        if next(tries, None) is None:
            break
        try:
            changed = replace(spec, **change)
        except SpecError:
            continue
        found = Found(changed, distance(changed, wanted))
        if found.distance < best.distance:
            best = found
    return best


def _changes(layers: Sequence[Layer]) -> list[list[Fields]]:
    """Changes of one field, those of one field together."""
    changes: list[list[Fields]] = [[{name: value} for value in values] for name, values in SINGLE.items()]
    return [_attentions(layers), *changes, _flattened(layers)]


def _joint(names: Sequence[str]) -> Iterator[Fields]:
    yield from (dict(zip(names, values, strict=True)) for values in product(*(SINGLE[name] for name in names)))


def _attentions(layers: Sequence[Layer]) -> list[Fields]:
    """Attentions whose squeezed widths are those of the file: pairs of 1x1 that narrow and widen."""
    pairs = squeezing_pairs(convolutions(layers))
    squeezed = {(one.group, one.out) for one, _ in pairs}
    usual = [{"attention": name} for name in ATTENTIONS if name != "se"]
    fitting = (
        {"attention": "se", "attention_reduction": reduction, "attention_divisor": divisor, "attention_bias": biased}
        for reduction in REDUCTIONS
        for divisor in DIVISORS
        if all(max(divisor, int(c / reduction + divisor / 2) // divisor * divisor) == s for c, s in squeezed)
        for biased in sorted({one.biased for one, _ in pairs})
    )
    return [*usual, *(islice(fitting, 4) if squeezed else ())]


def _flattened(layers: Sequence[Layer]) -> list[Fields]:
    """A head that reads the whole last map, at the image sizes of which that may be the last map."""
    matrices = [each for each in convolutions(layers) if each.matrix]
    outs = {each.out for each in convolutions(layers) if not each.matrix}
    sides = {
        isqrt(each.group // out): None
        for each in matrices
        for out in outs
        if each.group > out and each.group % out == 0 and isqrt(each.group // out) ** 2 == each.group // out
    }
    return [{"head_pool": "flatten", "image_size": side * 2**halved} for side in sides for halved in range(2, 7)]


def _of_stages(spec: ModelSpec) -> list[list[Fields]]:
    """Other strides, one stage at a time: a stage that keeps its channels projects only where it strides."""
    usual = (1, *(2,) * (len(spec.stage_blocks) - 1))
    strides = spec.stage_strides or usual
    changed = [(*strides[:n], 3 - min(each, 2), *strides[n + 1 :]) for n, each in enumerate(strides)]
    sizes = (1.0, 2.0, 0.5) if spec.head_pool == "flatten" else (1.0,)
    return [
        [
            {"stage_strides": each, "dilations": None, "image_size": int(spec.image_size * size)}
            for each in changed
            for size in sizes
        ]
    ]
