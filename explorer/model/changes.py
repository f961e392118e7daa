"""Networks derived from a network: another depth, or the plain counterpart."""

from collections.abc import Sequence
from dataclasses import replace

from explorer.language import sentence
from explorer.model.errors import SpecError
from explorer.model.spec import ModelSpec
from explorer.model.variants.shortcuts import is_plain


def share_blocks(total: int, proportions: Sequence[int]) -> list[int]:
    """`total` blocks shared out over the stages in the given proportions (largest remainder).

    Every stage gets at least one block, so a total below the number of stages gives one block each.
    """
    total = max(total, len(proportions))
    exact = [total * share / sum(proportions) for share in proportions]
    shared = [max(1, int(value)) for value in exact]
    by_need = sorted(range(len(exact)), key=lambda stage: shared[stage] - exact[stage])
    for stage in by_need[: max(0, total - sum(shared))]:
        shared[stage] += 1
    while sum(shared) > total:
        shared[shared.index(max(shared))] -= 1
    return shared


def with_blocks(spec: ModelSpec, count: int) -> ModelSpec:
    """The spec with exactly `count` blocks in all, in the proportions that its stages have.

    Raises SpecError("depth") where there are fewer blocks than stages.
    """
    if count < len(spec.stage_blocks):
        raise SpecError(
            "depth", sentence("{count} blocks cannot fill {stages} stages.", count=count, stages=len(spec.stage_blocks))
        )
    return replace(spec, stage_blocks=tuple(share_blocks(count, spec.stage_blocks)))


def with_equal_stages(spec: ModelSpec, blocks: int) -> ModelSpec:
    """The spec with `blocks` blocks in every stage. Raises SpecError where there is no such network."""
    return replace(spec, stage_blocks=(blocks,) * len(spec.stage_blocks))


def plain_twin(spec: ModelSpec) -> ModelSpec | None:
    """The plain counterpart: the same layers without shortcuts, and without what only shortcuts make possible.

    None for a network that is plain already.
    """
    if is_plain(spec):
        return None
    return replace(spec, shortcut="none", skip="identity", residual_scale=1.0, zero_init_residual=False, drop_path=0.0)
