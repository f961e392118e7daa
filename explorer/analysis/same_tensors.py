"""Which choices a file of weights cannot tell apart: other networks with the same names and shapes of tensors."""

from collections.abc import Iterator
from functools import lru_cache

from explorer.model import CONTROLS, ModelSpec, SpecError, assemble
from explorer.model.field_types import Choice
from explorer.model.identity.canonical import signature
from explorer.model.ops import Shape

Tensors = frozenset[tuple[str, str, Shape]]


def tensors_of(spec: ModelSpec) -> Tensors:
    """Every parameter and running statistic: its layer's path, its own name, its shape."""
    return frozenset(
        (path, name, shape)
        for path, node in assemble(spec).nodes()
        for name, shape in (node.op.parameters() | node.op.buffers()).items()
    )


@lru_cache(maxsize=64)
def undecided_choices(spec: ModelSpec) -> dict[str, tuple[str, ...]]:
    """By field, the other choices that have the same tensors and are another network; one field is changed at a time.

    For a ResNet-20 with option A: the plain network and the two other forms of option A under `shortcut`, every other
    activation, and so on. A file that fits one of them fits all.
    """
    own, function = tensors_of(spec), signature(spec)
    found = {
        name: tuple(
            value
            for value, other in _with_other_choices(spec, name)
            if tensors_of(other) == own and signature(other) != function
        )
        for name in CONTROLS
    }
    return {name: values for name, values in found.items() if values}


def _with_other_choices(spec: ModelSpec, name: str) -> Iterator[tuple[str, ModelSpec]]:
    """Every choice of a field that gives a network, with that network; none where the field is no choice."""
    kind = CONTROLS[name].kind
    for value in kind.table if isinstance(kind, Choice) else ():
        try:
            yield value, ModelSpec.from_dict(spec.to_dict() | {name: value})
        except SpecError:
            continue
