"""The three equivalent forms of ResNeXt's block as pictures (Xie et al. 2017, Fig. 3)."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.language import N_, _, ngettext
from explorer.model import ModelSpec, assemble
from explorer.model.ops import Conv2d
from explorer.outputs.drawing.dot_writer import DotWriter, SkipEnds
from explorer.outputs.drawing.skips import Skip
from explorer.outputs.palette import LIGHT, Palette

PATHS_DRAWN = 4
"""With more paths than these, the first two, an ellipsis and the last are drawn."""


@dataclass(frozen=True)
class BlockSizes:
    """One block of ResNeXt: `cardinality` paths of `width` channels between `channels` in and out."""

    cardinality: int
    width: int
    channels: int

    @property
    def parameters(self) -> int:
        """Of the convolutions, the same in each form: C (256 d + 3 x 3 d d + d 256), Eqn. 4 of the paper."""
        return self.cardinality * (2 * self.channels * self.width + 9 * self.width**2)


Draw = Callable[[DotWriter, BlockSizes], str]


@dataclass(frozen=True)
class Form:
    """One way of building the block. `draw` places everything between `x` and the sum; returns what enters the sum."""

    label: str
    figure: str
    help: str
    draw: Draw


def sizes_of(spec: ModelSpec) -> BlockSizes | None:
    """The block of the first stage, from its grouped convolution; None for networks without grouped bottlenecks."""
    if spec.block != "bottleneck" or spec.cardinality == 1:
        return None
    stage = assemble(spec).stages[1]
    grouped = next(
        node.op for node in stage.blocks[0].block.nodes if isinstance(node.op, Conv2d) and node.op.groups > 1
    )
    return BlockSizes(grouped.groups, grouped.out_channels // grouped.groups, stage.output_shape[0])


def resnext_forms_dot(form: str, sizes: BlockSizes, theme: Palette = LIGHT) -> str:
    """One form as Graphviz source; `form` is a key of FORMS. The skip edge has the class `skip`. KeyError otherwise."""
    writer = DotWriter(theme, "TB", _("ResNeXt block, {form}").format(form=_(FORMS[form].label)))
    writer.node("x", f"x\n{_channels(sizes.channels)}", "plain", _("the block's input"))
    merged = FORMS[form].draw(writer, sizes)
    writer.sum("sum", _("the residual sum"))
    writer.edge(merged, "sum")
    writer.skip_edge("x", "sum", Skip(("identity",)), SkipEnds())
    writer.node("y", f"y\n{_channels(sizes.channels)}", "plain", _("the block's output, before its activation"))
    writer.edge("sum", "y")
    return writer.text()


def _split_transform_merge(writer: DotWriter, sizes: BlockSizes) -> str:
    outside, width = sizes.channels, sizes.width
    ends = _paths(writer, sizes, ((outside, 1, width), (width, 3, width), (width, 1, outside)))
    writer.sum("merge", _("the sum of {count} paths").format(count=sizes.cardinality))
    for end in ends:
        writer.edge(end, "merge")
    return "merge"


def _early_concatenation(writer: DotWriter, sizes: BlockSizes) -> str:
    ends = _paths(writer, sizes, ((sizes.channels, 1, sizes.width), (sizes.width, 3, sizes.width)))
    wide = sizes.cardinality * sizes.width
    writer.node("concat", f"{_('concatenate')}\n{_channels(wide)}", "plain", _("the paths' channels side by side"))
    for end in ends:
        writer.edge(end, "concat")
    return _convolution(writer, "conv3", "concat", (wide, 1, sizes.channels))


def _grouped(writer: DotWriter, sizes: BlockSizes) -> str:
    wide = sizes.cardinality * sizes.width
    first = _convolution(writer, "conv1", "x", (sizes.channels, 1, wide))
    second = _convolution(
        writer, "conv2", first, (wide, 3, wide), "\n" + _("{count} groups").format(count=sizes.cardinality)
    )
    return _convolution(writer, "conv3", second, (wide, 1, sizes.channels))


def _paths(writer: DotWriter, sizes: BlockSizes, steps: tuple[tuple[int, int, int], ...]) -> list[str]:
    """The paths side by side; returns their last nodes."""
    ends = []
    all_drawn = sizes.cardinality <= PATHS_DRAWN
    numbers = range(1, sizes.cardinality + 1) if all_drawn else (1, 2, None, sizes.cardinality)
    for number in numbers:
        if number is None:
            hidden = _("… {count} more").format(count=sizes.cardinality - 3)
            writer.node("more", hidden, "plain", _("{count} paths in all").format(count=sizes.cardinality))
            writer.edge("x", "more")
            ends.append("more")
            continue
        before = "x"
        for position, step in enumerate(steps, 1):
            before = _convolution(writer, f"path{number}.conv{position}", before, step)
        ends.append(before)
    return ends


def _channels(count: int) -> str:
    return ngettext("{count} channel", "{count} channels", count).format(count=count)


def _convolution(writer: DotWriter, name: str, source: str, step: tuple[int, int, int], more: str = "") -> str:
    inputs, kernel, outputs = step
    channels = _("{inputs} to {outputs} channels").format(inputs=inputs, outputs=outputs)
    writer.node(name, f"{inputs}, {kernel} × {kernel}, {outputs}{more}", "conv", channels)
    writer.edge(source, name)
    return name


FORMS: dict[str, Form] = {
    "split_transform_merge": Form(
        N_("split, transform, merge"),
        N_("Fig. 3(a)"),
        N_("Every path goes down to a few channels, convolves them, and comes back up; the paths are added."),
        _split_transform_merge,
    ),
    "early_concatenation": Form(
        N_("early concatenation"),
        N_("Fig. 3(b)"),
        N_("The paths' narrow outputs are put side by side, and one 1x1 convolution brings all of them back up."),
        _early_concatenation,
    ),
    "grouped_convolution": Form(
        N_("grouped convolution"),
        N_("Fig. 3(c)"),
        N_("One convolution in groups works on all paths at once: the form that is built and trained here."),
        _grouped,
    ),
}
"""The three forms, in the paper's order."""
