"""The sign of a kind of block in the overview: its ops in a row of small marks, in the order in which they run.

A bottleneck, a grouped convolution, a pre-activation or an attention differ in their signs before any text is read.
The marks are one table, and a sign is read from the block's own ops: a new variant has a sign of its own without a
line here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple

from explorer.language import N_, _
from explorer.language.present import kept_by_language
from explorer.model import Block, Graph, Node
from explorer.outputs.drawing import svg_writer as svg
from explorer.outputs.drawing.op_labels import op_family, op_label
from explorer.outputs.formatting import TIMES
from explorer.outputs.palette import OpFamily, Palette

TALLEST, SHORTEST = 25.0, 8.0
"""Heights of a convolution with the most channels of its block, and the least that is visible."""
BESIDE = 3.2
"""Between two marks."""
ROW = 32.0
"""From one row of signs to the next."""


class Mark(NamedTuple):
    """One op, or one attention, in a sign."""

    kind: str
    """Key of `MARKS`."""
    label: str
    """What the key calls it: `3 × 3 conv, grouped`."""
    width: float
    height: float


class Sign(NamedTuple):
    """The marks of a kind of block, from its input to its output."""

    kind: str
    """The block's kind: `bottleneck`."""
    marks: tuple[Mark, ...]

    @property
    def width(self) -> float:
        return sum(mark.width + BESIDE for mark in self.marks) - BESIDE

    @property
    def text(self) -> str:
        """`bottleneck block: 1 × 1 conv, batch norm, ReLU, ...`, for those who cannot see the sign."""
        return _("{kind} block: {marks}").format(kind=_(self.kind), marks=", ".join(mark.label for mark in self.marks))


@dataclass(frozen=True)
class MarkLook:
    """How one kind of mark is drawn."""

    path: Callable[[float, float, float], str]
    """SVG's path from the left edge, the width and the height; its middle is at y = 0."""
    fill: OpFamily | None
    """Key of `Palette.fills`; None: the hue of the main path."""
    size: tuple[float, float] = (0.0, 0.0)
    """Width and height; a convolution's follow from its kernel and its channels."""


def _slab(x: float, y: float, width: float, height: float) -> str:
    return f"M{svg.number(x)},{svg.number(y)}h{svg.number(width)}v{svg.number(height)}h-{svg.number(width)}z"


def _slabs(count: int, filled: float) -> Callable[[float, float, float], str]:
    """A box cut into `count` slabs that cover the part `filled` of it."""

    def path(x: float, width: float, height: float) -> str:
        pitch = height / (count - 1 + filled)
        return "".join(_slab(x, place * pitch - height / 2, width, filled * pitch) for place in range(count))

    return path


def _polygon(*corners: tuple[float, float]) -> Callable[[float, float, float], str]:
    """A closed path through corners given in parts of width and height."""

    def path(x: float, width: float, height: float) -> str:
        points = [(x + across * width, down * height) for across, down in corners]
        return "M" + "L".join(f"{svg.number(left)},{svg.number(top)}" for left, top in points) + "z"

    return path


def _ring(x: float, width: float, height: float) -> str:
    across, radius = svg.number(width), svg.number(width / 2)
    return f"M{svg.number(x)},0" + "".join(f"a{radius},{radius} 0 1 1 {way}{across},0" for way in ("", "-")) + "z"


def _cross(x: float, width: float, height: float) -> str:
    across, down = svg.number(width), svg.number(height)
    return f"M{svg.number(x)},{svg.number(-height / 2)}l{across},{down}m0,-{down}l-{across},{down}"


def _sum(x: float, width: float, height: float) -> str:
    arm = 0.3 * width
    plus = f"M{svg.number(x + width / 2 - arm)},0h{svg.number(2 * arm)}"
    return _ring(x, width, height) + plus + f"M{svg.number(x + width / 2)},{svg.number(-arm)}v{svg.number(2 * arm)}"


MARKS: Mapping[str, MarkLook] = {
    "conv": MarkLook(_slabs(1, 1.0), None),
    "grouped": MarkLook(_slabs(3, 0.62), None),
    "depthwise": MarkLook(_slabs(5, 0.4), None),
    "norm": MarkLook(_slabs(1, 1.0), "norm", (3.0, 20.0)),
    "activation": MarkLook(_polygon((0, -0.5), (1, 0), (0, 0.5)), "activation", (9.0, 13.0)),
    "pool": MarkLook(_polygon((0, -0.5), (1, -0.2), (1, 0.2), (0, 0.5)), "pool", (9.0, 17.0)),
    "attention": MarkLook(_polygon((0.5, -0.5), (1, 0), (0.5, 0.5), (0, 0)), "attention", (14.0, 17.0)),
    "dropout": MarkLook(_cross, "norm", (8.0, 10.0)),
    "sum": MarkLook(_sum, "add", (15.0, 15.0)),
}
"""Every kind of mark, in the order of the key."""

KIND_OF_OP: Mapping[str, str] = {"Dropout": "dropout", "StochasticDepth": "dropout"}
"""The marks of ops that are named by their class; of the others what they do for each element decides."""
WORD_OF_KIND: Mapping[str, str] = {"attention": N_("attention"), "dropout": N_("dropout"), "sum": N_("sum")}
"""What the key calls a kind whose ops it does not tell apart."""
CONVOLUTIONS: Mapping[str, str] = {
    "conv": N_("{size} conv"),
    "grouped": N_("{size} conv, grouped"),
    "depthwise": N_("{size} conv, depthwise"),
}
LEAST_KERNEL, WIDTH_OF_KERNEL = 1.8, 3.3
"""Width of a convolution's mark: the first, and the second for each row of its kernel."""


@kept_by_language(maxsize=1024)
def sign_of(block: Block) -> Sign:
    """The block's sign; the shortcut is not part of it, since an arch shows that."""
    widest = max((node.shape[0] for node in block.nodes if _is_convolution(node)), default=1)
    marks: list[Mark] = []
    in_attention = False
    for node in block.nodes:
        if node.role == "attention" and not in_attention:
            marks.append(_fixed("attention"))
        in_attention = node.role == "attention"
        if node.role in {"branch", "merge", "after"} and (mark := _mark(node, widest)):
            marks.append(mark)
    return Sign(block.kind, tuple(marks))


def _is_convolution(node: Node) -> bool:
    return node.role == "branch" and op_family(node) == "conv"


def _mark(node: Node, widest: int) -> Mark | None:
    """The mark of an op; None for what only scales, pads or gates."""
    if node.role == "merge":
        return _fixed("sum")
    if _is_convolution(node):
        return _convolution(node.op, node.shape[0], widest)
    by_work = "pool" if op_family(node) == "pool" else node.op.elementwise_category
    kind = KIND_OF_OP.get(type(node.op).__name__, by_work)
    return _fixed(kind, op_label(node.op)) if kind in MARKS else None


def _fixed(kind: str, label: str = "") -> Mark:
    """A mark whose size does not depend on its op."""
    return Mark(kind, _(WORD_OF_KIND[kind]) if kind in WORD_OF_KIND else label, *MARKS[kind].size)


def _convolution(op: Any, channels: int, widest: int) -> Mark:
    """As wide as its kernel and as high as the root of its channels, compared with the block's largest."""
    kind = "conv" if op.groups == 1 else "depthwise" if op.groups == op.in_channels else "grouped"
    label = _(CONVOLUTIONS[kind]).format(size=f"{op.kernel_size} {TIMES} {op.kernel_size}")
    height = max(SHORTEST, TALLEST * sqrt(channels / widest))
    return Mark(kind, label, LEAST_KERNEL + WIDTH_OF_KERNEL * op.kernel_size, height)


def signs_of(blocks: Iterable[Block]) -> tuple[Sign, ...]:
    """The different signs of the blocks, in the order in which they are met."""
    distinct = {id(block): block for block in blocks}
    return tuple(dict.fromkeys(sign_of(block) for block in distinct.values()))


def signs_in(graph: Graph) -> tuple[Sign, ...]:
    """The different signs of the whole network."""
    return signs_of(placed.block for _stage, placed in graph.placed_blocks() if placed.path)


def key_of(signs: Iterable[Sign]) -> list[Mark]:
    """One mark of each label that occurs, in the order of `MARKS`."""
    found = {mark.label: mark for sign in signs for mark in sign.marks if mark.kind != "sum"}
    order = list(MARKS)
    return sorted(found.values(), key=lambda mark: order.index(mark.kind))


def drawn(sign: Sign, middle: float, y: float, theme: Palette, **attributes: str) -> str:
    """The sign, centred at `middle`, with its text as a tooltip."""
    at = f"translate({svg.number(middle - sign.width / 2)},{svg.number(y)})"
    return svg.element(
        "g", svg.title(sign.text), *_paths(sign.marks, theme), class_="sign", transform=at, **LINE, **attributes
    )


LINE: Mapping[str, Any] = {"stroke_width": 1, "stroke_linejoin": "round"}


def _paths(marks: Iterable[Mark], theme: Palette) -> Iterator[str]:
    """One path for all marks of a kind: the picture is sent anew at every move."""
    x = 0.0
    paths: dict[str, str] = {}
    for mark in marks:
        paths[mark.kind] = paths.get(mark.kind, "") + MARKS[mark.kind].path(x, mark.width, mark.height)
        x += mark.width + BESIDE
    for kind, d in paths.items():
        fill = MARKS[kind].fill
        edge = theme.skip_edges["identity"] if kind == "sum" else theme.main_edge
        yield svg.element("path", d=d, fill=theme.fills[fill] if fill else theme.sequential[4], stroke=edge)


def key_mark(mark: Mark, x: float, y: float, theme: Palette) -> str:
    """One mark of the key, from `x` on, with its middle at `y`."""
    return svg.element("g", *_paths((mark,), theme), transform=f"translate({svg.number(x)},{svg.number(y)})", **LINE)
