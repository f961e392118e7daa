"""One residual unit: the branch F(x), the shortcut h(x), their sum, and what follows it."""

from explorer.language import sentence
from explorer.model import ops
from explorer.model.errors import SpecError
from explorer.model.graph import TRANSITION, Block
from explorer.model.ops import Shape
from explorer.model.spec_values import SpecValues
from explorer.model.variants.attention import ANTIALIASES, ATTENTIONS
from explorer.model.variants.blocks import BLOCKS
from explorer.model.variants.builder import Builder, Tensor
from explorer.model.variants.dropping import DROP_MODES
from explorer.model.variants.orders import Step
from explorer.model.variants.shortcuts import SHORTCUTS, project
from explorer.model.variants.skips import SKIPS, Terms
from explorer.model.variants.strides import STRIDE_BLOCKS
from explorer.model.variants.transitions import TRANSITIONS
from explorer.model.variants.unit import Unit


def place_steps(builder: Builder, x: Tensor, steps: tuple[Step, ...], suffix: str) -> Tensor:
    """Norms and activations in the given order, named `bn1`, `act1`, ... as torchvision does."""
    for step in steps:
        x = builder.norm(f"bn{suffix}", x) if step == "norm" else builder.act(f"act{suffix}", x)
    return x


def build_unit(spec: SpecValues, input_shape: Shape, unit: Unit) -> Block:
    """The block of one residual unit, of its plain counterpart, or of a stage's transition.

    Raises SpecError naming the field at fault.
    """
    builder = Builder(spec, input_shape)
    x = builder.input
    transition = TRANSITIONS[spec.transition].place
    if unit.is_transition and transition is not None:
        transition(builder, x, unit)
        return Block(TRANSITION, "none", input_shape, tuple(builder.nodes))
    opened = x
    if not unit.opens_network or spec.first_preact:
        opened = place_steps(builder, x, builder.order.before, "1")
    branch = _place_branch(builder, place_steps(builder, opened, builder.order.opening, "0"), unit)
    shortcut, kind = _place_shortcut(builder, x, opened, unit)
    if shortcut is None:
        summed = branch
    else:
        terms = SKIPS[spec.skip].weigh(builder, Terms(x, branch, shortcut), unit)
        builder.role = "branch"
        kept = terms.branch
        if unit.drop_path:
            kept = builder.add(
                "drop_path", ops.StochasticDepth(unit.drop_path, DROP_MODES[spec.drop_path_mode].mode), kept
            )
        if kept.shape != terms.shortcut.shape:
            raise SpecError(
                "image_size",
                sentence(
                    "the branch ends with {branch} values and the shortcut with {shortcut}: an average pool drops the"
                    " last row of an odd map; choose an image size that halves evenly, or another anti-aliasing.",
                    branch="x".join(map(str, kept.shape[1:])),
                    shortcut="x".join(map(str, terms.shortcut.shape[1:])),
                ),
            )
        builder.role = "merge"
        summed = builder.add("add", ops.Add(), kept, terms.shortcut)
    builder.role = "after"
    place_steps(builder, summed, builder.order.after_add, str(BLOCKS[spec.block].layers))
    return Block(spec.block, kind, input_shape, tuple(builder.nodes))


def _place_branch(builder: Builder, opened: Tensor, unit: Unit) -> Tensor:
    """F(x): the block's convolutions, each between the norms and activations of the order."""
    spec, order = builder.spec, builder.order
    convolutions = BLOCKS[spec.block].convolutions(spec, unit)
    y = opened
    for number, conv in enumerate(convolutions, 1):
        last = number == len(convolutions)
        if number > 1:
            y = place_steps(builder, y, order.before, str(number))
        if last and spec.block_dropout:
            y = builder.add("dropout", ops.Dropout(spec.block_dropout), y)
        stride = unit.stride if conv.strides else 1
        pool = ANTIALIASES[spec.antialias].pool if conv.strides and unit.halves else None
        follows = order.after_last if last else order.after
        y = builder.conv(
            f"conv{number}",
            y,
            conv.out_channels,
            conv.kernel_size,
            stride=stride if pool is None else 1,
            dilation=conv.rate if conv.kernel_size > 1 else 1,
            groups=conv.groups,
            normed="norm" in follows or "norm" in (order.after_add if last else order.before),
            zero=last and spec.zero_init_residual and not ("norm" in follows and builder.normalises),
        )
        y = _end_branch(builder, y, number) if last else place_steps(builder, y, follows, str(number))
        if pool is not None:
            y = builder.add("aa", pool(y.channels, stride, unit.rate_before), y)
    return y


def _end_branch(builder: Builder, y: Tensor, number: int) -> Tensor:
    """What follows the branch's last convolution: norm, attention, activation, the factor on F."""
    spec, follows = builder.spec, builder.order.after_last
    if "norm" in follows:
        y = builder.norm(f"bn{number}", y, zero=spec.zero_init_residual)
    y = ATTENTIONS[spec.attention].place(builder, y)
    if "act" in follows:
        y = builder.act(f"act{number}", y)
    if spec.residual_scale != 1.0:
        y = builder.add("branch_scale", ops.Scale(spec.residual_scale), y)
    return y


def _place_shortcut(builder: Builder, x: Tensor, opened: Tensor, unit: Unit) -> tuple[Tensor | None, str]:
    """h(x) and what it is called; (None, "none") in a plain network.

    A unit that changes the shape, and the network's first, open both ways with the pre-activation (He et al. 2016,
    appendix; the first unless `first_shortcut_preact` is off); elsewhere the shortcut takes x itself.
    """
    spec = builder.spec
    shortcut, projects = SHORTCUTS[spec.shortcut], SKIPS[spec.skip].projects
    if shortcut.reshape is None:
        return None, "none"
    builder.role = "shortcut"
    only_subsamples = STRIDE_BLOCKS[spec.stride_block].subsamples and not unit.changes_channels
    source = x if only_subsamples and not (shortcut.always or projects) else opened
    if projects and (shortcut.pads or only_subsamples or not unit.changes_shape):
        return project(builder, source, unit), "projection"
    if shortcut.always or unit.changes_shape:
        placed = len(builder.nodes)
        h = shortcut.reshape(builder, source, unit)
        added = [node.name for node in builder.nodes[placed:]]
        return h, "identity" if not added else "subsample" if added == ["subsample"] else spec.shortcut
    return (opened if unit.opens_network and spec.first_shortcut_preact else x), "identity"
