"""Networks that differ from one in several fields at once and may have the same tensors: other ends, other stages."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from explorer.identify.maps import head_pools, last_map
from explorer.identify.readings import Fields
from explorer.model import ModelSpec, SpecError, assemble, ops
from explorer.model.controls.ends import MOST_HIDDEN
from explorer.model.spec_values import usual_strides


def rivals(spec: ModelSpec) -> Iterator[ModelSpec]:
    """The networks with another last layer, another pool at another image size, or stages that begin elsewhere.

    Their shapes may differ from those of `spec`: who asks compares them.
    """
    for fields in (*_other_ends(spec), *_other_pools(spec), *_other_stages(spec)):
        try:
            yield replace(spec, **fields)
        except SpecError:
            continue


def _other_ends(spec: ModelSpec) -> Iterator[Fields]:
    """The classifier as one more hidden layer, of a network that ends with its features; or the reverse."""
    if spec.num_classes and spec.head_bias and len(spec.head_hidden) < MOST_HIDDEN:
        yield {"num_classes": 0, "head_hidden": (*spec.head_hidden, spec.num_classes)}
    elif spec.head_hidden and not spec.num_classes:
        yield {"num_classes": spec.head_hidden[-1], "head_hidden": spec.head_hidden[:-1], "head_bias": True}


def _other_pools(spec: ModelSpec) -> Iterator[Fields]:
    """Other pools, or none, after which the first matrix reads as many values, at the image sizes at which it does.

    A map of one place is its own average, and maps that are not square rivals of one another only.
    """
    head = assemble(spec).stages[-1].blocks[-1].block
    inputs = next((node.op.in_features for node in head.nodes if isinstance(node.op, ops.Linear)), 0)
    one_place = inputs == last_map(spec)[0]
    for fields in head_pools(spec, inputs) if inputs else ():
        flat = fields["head_pool"] == "flatten"
        if not flat or not (one_place or (fields["image_width"] and not spec.image_width)):
            yield fields


def _other_stages(spec: ModelSpec) -> Iterator[Fields]:
    """A stage as two of its width, and two of one width as one, or parted elsewhere; the later one halves the map.

    Where no shortcut has a projection, those of the others have none either.
    """
    if spec.dilations is not None:
        return
    bare = {"shortcut": "pad"} if _has_no_projection(spec) else {}
    for stage, count in enumerate(spec.stage_blocks):
        if count > 1:
            yield bare | _stages(spec, stage, (count,), (count // 2, count - count // 2))
    for stage, pair in enumerate(pairwise(spec.stage_blocks)):
        if spec.stage_widths[stage] == spec.stage_widths[stage + 1]:
            one, other = pair
            for blocks in ((one + other,), (one - 1, other + 1), (one + 1, other - 1)):
                if min(blocks):
                    yield bare | _stages(spec, stage, pair, blocks)


def _has_no_projection(spec: ModelSpec) -> bool:
    """Whether shortcuts that project where the shape changes do so nowhere."""
    nodes = (node for stage in assemble(spec).stages for run, _ in stage.runs() for node in run.block.nodes)
    return spec.shortcut == "projection" and not any(node.role == "shortcut" and node.op.parameters() for node in nodes)


def _stages(spec: ModelSpec, first: int, own: tuple[int, ...], other: tuple[int, ...]) -> Fields:
    """The fields of stages where those of `own` blocks, from the first on, are some of `other` blocks."""
    before, after = slice(first), slice(first + len(own), None)
    strides = spec.stage_strides or usual_strides(len(spec.stage_blocks))
    within = (*strides[first : first + len(own)], 2)[: len(other)]
    changed = (*strides[before], *within, *strides[after])
    widths = (spec.stage_widths[first],) * len(other)
    return {
        "stage_blocks": (*spec.stage_blocks[before], *other, *spec.stage_blocks[after]),
        "stage_widths": (*spec.stage_widths[before], *widths, *spec.stage_widths[after]),
        "stage_strides": None if changed == usual_strides(len(changed)) else changed,
    }
