"""Norms, activations with tensors, and biases of a network whose kernels are known."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

from explorer.identify.atoms import ALL, BIASES, NORMS, Atoms, distance, of_network
from explorer.identify.readings import Fields
from explorer.model import ModelSpec, SpecError, assemble, ops
from explorer.model.variants.heads import CLOSINGS
from explorer.model.variants.orders import ORDERS, Step

LIKELIEST_ORDERS = ("post", "preact", "norm_first", "relu_only_preact", "bn_after_add", "relu_before_add")

KINDS = {"batch": "batch", "group": "affine", "layer": "affine", "instance": "affine"}
"""How the tensors of each normalisation are called in signatures."""
NORM_OPS = (ops.BatchNorm2d, ops.GroupNorm)


def arranged(spec: ModelSpec, wanted: Atoms) -> Iterator[ModelSpec]:
    """The networks with the kernels of `spec` and the norms and biases of a file, likelier ones first.

    Where there is none, the one that is nearest in its norms, and then in its biases; `spec` itself if it has no other.
    """
    nearest: list[ModelSpec] = []
    exact = False
    for normed in _normed(spec, wanted):
        biased = _biased(normed, wanted)
        if distance(biased, wanted, NORMS | BIASES) == 0:
            exact = True
            yield biased
        nearest.append(biased)
    if not exact:
        yield min(nearest, key=lambda each: distance(each, wanted, ALL), default=spec)


def _normed(spec: ModelSpec, wanted: Atoms) -> Iterator[ModelSpec]:
    """The networks with the norms of a file, or those whose number of them is nearest."""
    total = _totals(wanted)
    counted = [
        (sum(abs(have[each] - total[each]) for each in total | have), fields) for fields, have in _kinds(spec, wanted)
    ]
    least = min((surplus for surplus, _ in counted), default=0)
    found = [changed for surplus, fields in counted if surplus == least and (changed := _changed(spec, fields))]
    nearest = min((distance(each, wanted, NORMS) for each in found), default=0)
    yield from (each for each in found if distance(each, wanted, NORMS) == nearest)


def _totals(atoms: Atoms) -> Counter[str]:
    """How many norms and slopes there are, whatever their size."""
    total: Counter[str] = Counter()
    for each, count in atoms.items():
        if each[0] in NORMS:
            total[str(each[0])] += count
    return total


def _kinds(spec: ModelSpec, wanted: Atoms) -> Iterator[tuple[Fields, Counter[str]]]:
    """The orders, with each field that adds or leaves out a norm or an activation, and how many of each there are."""
    kinds = {each[0] for each in wanted}
    activation = "prelu" if "vector" in kinds else "relu"
    norms = [name for name, kind in (("batch", "batch"), ("group", "affine")) if kind in kinds] or ["none"]
    if norms == ["batch"] and _totals(wanted)["batch"] == 1:
        norms.append("none")
    for norm, order in product(norms, LIKELIEST_ORDERS):
        usual = {"norm": norm, "activation": activation, "activation_order": order}
        whole = _changed(spec, usual)
        if whole is None:
            continue
        for left_out in _left_out(order, head_norm="batch" in kinds):
            fields = {name: value for name, value in left_out.items() if value is not None}
            yield usual | fields, _counted(whole, fields)


def _left_out(order: str, *, head_norm: bool) -> Iterator[Fields]:
    """The fields that add or leave out a norm or an activation in an order, the likelier values first."""
    kind = ORDERS[order]
    closings = ("order", *(("none",) if kind.closing else ()), *(("norm", "activation") * (len(kind.closing) > 1)))
    flags: dict[str, tuple[Any, ...]] = {
        "stem_norm": (True, False),
        "first_preact": (True, False) if kind.before else (True,),
        "closing": closings,
        "shortcut_norm": (True, False) if kind.normed_projection else (True,),
        "head_norm": (False, True) if head_norm else (False,),
    }
    return (dict(zip(flags, values, strict=True)) for values in product(*flags.values()))


def _counted(whole: ModelSpec, fields: Fields) -> Counter[str]:
    """How many norms and slopes the network has with these fields, counted from the one with all of them."""
    count = Counter(_totals(of_network(whole)))
    norm = KINDS.get(whole.norm, "")
    kind = ORDERS[whole.activation_order]
    gone: list[Step] = [] if fields["stem_norm"] else ["norm", "act"]
    gone += [] if fields["first_preact"] else list(kind.before)
    kept = CLOSINGS[fields["closing"]].steps(kind.closing)
    gone += [step for step in kind.closing if step not in kept]
    count[norm] -= gone.count("norm") + (0 if fields["shortcut_norm"] else _norms_of_shortcuts(whole))
    count["vector"] -= gone.count("act") * (whole.activation == "prelu")
    count["batch"] += fields["head_norm"]
    del count[""]
    return count


def _norms_of_shortcuts(spec: ModelSpec) -> int:
    runs = (run for stage in assemble(spec).stages for run in stage.runs())
    return sum(
        count * sum(node.role == "shortcut" and type(node.op) in NORM_OPS for node in placed.block.nodes)
        for placed, count in runs
    )


# Biases ---------------------------------------------------------------------------------------------------------------


class _Convolution(NamedTuple):
    """A convolution of a network: where it stands, its outputs, and whether it has a bias."""

    role: str
    out: int
    biased: bool


def _biased(spec: ModelSpec, wanted: Atoms) -> ModelSpec:
    """The network with the biases of a file, or nearest to them; `spec` has none but where every network has."""
    if distance(spec, wanted, BIASES) == 0:
        return spec
    theirs = Counter({each: count for each, count in wanted.items() if each[0] in BIASES})
    best, least = spec, distance(spec, wanted, BIASES)
    for every in _every(spec):
        changed = _changed(spec, every)
        found = _convolutions(changed) if changed is not None else Counter()
        for values in product((False, True), (False, True), (True, False)):
            more = dict(zip(MORE, values, strict=True))
            ours = Counter(dict.fromkeys(theirs, 0))
            for each, count in found.items():
                ours["bias", each.out] += count * _has_bias(each, more)
            surplus = sum(abs(ours[each] - theirs[each]) for each in ours)
            if surplus < least and (other := _changed(spec, every | more)) is not None:
                best, least = other, surplus
    return best


MORE = {"shortcut_bias": "shortcut", "stem_bias": "stem", "attention_bias": "attention"}
"""Fields by which the convolutions of one role have biases."""


def _has_bias(each: _Convolution, more: Fields) -> bool:
    if each.role == "attention":
        return bool(more["attention_bias"])
    return each.biased or any(each.role == role and more[name] for name, role in MORE.items())


def _every(spec: ModelSpec) -> tuple[Fields, ...]:
    """Whether convolutions have biases, and where a norm follows too."""
    usual = ({"conv_bias": False}, {"conv_bias": True})
    return usual if ORDERS[spec.activation_order].redundant_bias else (*usual, {**usual[1], "bias_before_norm": True})


def _convolutions(spec: ModelSpec) -> Counter[_Convolution]:
    found: Counter[_Convolution] = Counter()
    for stage in assemble(spec).stages:
        for placed, count in stage.runs():
            for node in placed.block.nodes:
                shapes = node.op.parameters()
                if len(shapes.get("weight", ())) in {2, 4}:
                    role = "pool" if node.name.startswith("maxpool") else node.role
                    found[_Convolution(role, shapes["weight"][0], "bias" in shapes)] += count
    return found


def _changed(spec: ModelSpec, fields: Fields) -> ModelSpec | None:
    try:
        return replace(spec, **fields)
    except SpecError:
        return None
