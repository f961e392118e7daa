"""Kinds of convolution as wiring: the input channels that each output channel reads, and the cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from explorer.language import N_
from explorer.model import Cost
from explorer.model.ops import Conv2d, total
from explorer.outputs.palette import Palette

STEP, GAP, RADIUS, MARGIN = 16.0, 150.0, 4.5, 22.0
"""Pixels: distance of channels, half the distance of the outer columns, radius of a dot, margin."""


@dataclass(frozen=True)
class Sizes:
    """Sizes of a convolution: input and output channels, groups, kernel, and the side of its square map in pixels."""

    inputs: int
    outputs: int
    groups: int
    kernel: int
    side: int


@dataclass(frozen=True)
class Wiring:
    """A kind of convolution: its convolutions in order, and the formula of its parameters as LaTeX, from `Sizes`."""

    label: str
    help: str
    convolutions: Callable[[Sizes], tuple[Conv2d, ...]]
    formula: Callable[[Sizes], str]


def _convolution(inputs: int, outputs: int, kernel: int, groups: int) -> Conv2d:
    return Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups)


WIRINGS: Mapping[str, Wiring] = MappingProxyType(
    {
        "dense": Wiring(
            N_("Dense"),
            N_("Every output channel reads every input channel."),
            lambda s: (_convolution(s.inputs, s.outputs, s.kernel, 1),),
            lambda s: rf"{s.kernel}^2 \cdot {s.inputs} \cdot {s.outputs}",
        ),
        "grouped": Wiring(
            N_("Grouped"),
            N_("Input and output channels are divided into groups, and each group reads only its own channels."),
            lambda s: (_convolution(s.inputs, s.outputs, s.kernel, s.groups),),
            lambda s: rf"\frac{{{s.kernel}^2 \cdot {s.inputs} \cdot {s.outputs}}}{{{s.groups}}}",
        ),
        "depthwise": Wiring(
            N_("Depthwise"),
            N_("As many groups as channels: each channel is filtered alone, so the outputs are as many as the inputs."),
            lambda s: (_convolution(s.inputs, s.inputs, s.kernel, s.inputs),),
            lambda s: rf"{s.kernel}^2 \cdot {s.inputs}",
        ),
        "separable": Wiring(
            N_("Depthwise separable"),
            N_("A depthwise convolution, then a 1 x 1 convolution that mixes the channels."),
            lambda s: (_convolution(s.inputs, s.inputs, s.kernel, s.inputs), _convolution(s.inputs, s.outputs, 1, 1)),
            lambda s: rf"{s.kernel}^2 \cdot {s.inputs} + {s.inputs} \cdot {s.outputs}",
        ),
    }
)
"""The kinds, in the order of the page."""


def cost(wiring: Wiring, sizes: Sizes) -> Cost:
    """The cost of the kind's convolutions together, at stride 1."""
    shape: tuple[int, ...] = (sizes.inputs, sizes.side, sizes.side)
    costs = []
    for convolution in wiring.convolutions(sizes):
        output = convolution.output_shape(shape)
        costs.append(convolution.cost((shape,), output))
        shape = output
    return total(costs)


def wires(convolution: Conv2d) -> list[tuple[int, int]]:
    """The connected pairs of an input channel and an output channel."""
    inside, outside = convolution.in_channels // convolution.groups, convolution.out_channels // convolution.groups
    return [
        (source, target)
        for source in range(convolution.in_channels)
        for target in range(convolution.out_channels)
        if source // inside == target // outside
    ]


def wiring_svg(wiring: Wiring, sizes: Sizes, theme: Palette) -> str:
    """The kind as SVG: dots for the channels, lines for the wires, one colour for each group."""
    convolutions = wiring.convolutions(sizes)
    counts = [sizes.inputs, *(each.out_channels for each in convolutions)]
    height = max(counts) * STEP + 2 * MARGIN
    width = 2 * GAP + 2 * MARGIN
    columns = [MARGIN + place * 2 * GAP / len(convolutions) for place in range(len(counts))]

    def at(column: int, channel: int) -> tuple[float, float]:
        return columns[column], height / 2 + (channel - (counts[column] - 1) / 2) * STEP

    lines = [
        f'<line class="wire" x1="{at(place, source)[0]:g}" y1="{at(place, source)[1]:g}" '
        f'x2="{at(place + 1, target)[0]:g}" y2="{at(place + 1, target)[1]:g}" '
        f'stroke="{_colour(convolution, source, theme)}"/>'
        for place, convolution in enumerate(convolutions)
        for source, target in wires(convolution)
    ]
    dots = [
        f'<circle cx="{at(place, channel)[0]:g}" cy="{at(place, channel)[1]:g}" r="{RADIUS}"/>'
        for place, count in enumerate(counts)
        for channel in range(count)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}"><g stroke-width="1.3" stroke-opacity="0.75">{"".join(lines)}</g>'
        f'<g fill="{theme.text}">{"".join(dots)}</g></svg>'
    )


def _colour(convolution: Conv2d, source: int, theme: Palette) -> str:
    if convolution.groups == 1:
        return theme.main_edge
    group = source // (convolution.in_channels // convolution.groups)
    return theme.chart[group % len(theme.chart)]
