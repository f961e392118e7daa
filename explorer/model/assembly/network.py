"""From a specification to its graph."""

from functools import lru_cache
from itertools import accumulate, pairwise

from explorer.language import sentence
from explorer.model import ops
from explorer.model.assembly.unit import build_unit
from explorer.model.errors import SpecError
from explorer.model.graph import Block, Graph, PlacedBlock, Stage
from explorer.model.ops import Shape
from explorer.model.spec_values import SpecValues, usual_strides
from explorer.model.variants.blocks import BLOCKS
from explorer.model.variants.builder import Builder
from explorer.model.variants.heads import CLOSINGS, HEAD_POOLS, place_hidden
from explorer.model.variants.layers import epsilon
from explorer.model.variants.orders import ORDERS
from explorer.model.variants.stems import place_stem
from explorer.model.variants.strides import STRIDE_BLOCKS
from explorer.model.variants.transitions import TRANSITIONS
from explorer.model.variants.unit import Unit


class AssemblyError(SpecError):
    """The network cannot be assembled beyond some block; `partial` holds the stages up to there, maybe none."""

    partial: Graph


@lru_cache(maxsize=64)
def assemble(spec: SpecValues) -> Graph:
    """The network of `spec`, whose values are within bounds and break no rule; of every ModelSpec without error.

    Raises AssemblyError with the field at fault.
    """
    assembly = _Assembly(spec)
    try:
        assembly.run()
    except SpecError as error:
        failure = AssemblyError(
            error.field, sentence("in {place}: {problem}", place=assembly.place, problem=error.told)
        )
        failure.partial = assembly.graph()
        raise failure from None
    return assembly.graph()


class _Assembly:
    """Collects the stages while they are assembled; identical units are built once."""

    def __init__(self, spec: SpecValues) -> None:
        self.spec = spec
        self.input_shape: Shape = (spec.in_channels, spec.image_size, spec.image_width or spec.image_size)
        self.shape: Shape = self.input_shape
        self.stages: list[Stage] = []
        self.open_stage: list[PlacedBlock] = []
        self.known: dict[tuple[Shape, Unit], Block] = {}

    def graph(self) -> Graph:
        stages = list(self.stages)
        if self.open_stage:
            stages.append(Stage(f"layer{len(stages)}", tuple(self.open_stage)))
        return Graph(self.input_shape, tuple(stages))

    @property
    def place(self) -> str:
        """Where the next block comes: `stem`, `layer2.0`, `head`."""
        finished = len(self.stages)
        if not finished:
            return "stem"
        return f"layer{finished}.{len(self.open_stage)}" if finished <= len(self.spec.stage_blocks) else "head"

    def run(self) -> None:
        self._place("stem", [PlacedBlock("", self._stem())])
        for number, units in enumerate(plan_units(self.spec, self.shape[0]), 1):
            for position, unit in enumerate(units):
                self.open_stage.append(PlacedBlock(f"layer{number}.{position}", self._unit(unit)))
            self._place(f"layer{number}", self.open_stage)
        self._place("head", [PlacedBlock("", self._head())])

    def _place(self, name: str, blocks: list[PlacedBlock]) -> None:
        self.stages.append(Stage(name, tuple(blocks)))
        self.open_stage = []
        self.shape = blocks[-1].block.output_shape

    def _stem(self) -> Block:
        builder = Builder(self.spec, self.shape)
        place_stem(builder, builder.input)
        return Block("stem", "none", self.shape, tuple(builder.nodes))

    def _unit(self, unit: Unit) -> Block:
        key = (self.shape, unit)
        block = self.known.get(key)
        if block is None:
            block = self.known[key] = build_unit(self.spec, self.shape, unit)
        self.shape = block.output_shape
        return block

    def _head(self) -> Block:
        builder = Builder(self.spec, self.shape)
        builder.role = "head"
        x = builder.input
        for step in CLOSINGS[self.spec.closing].steps(builder.order.closing):
            x = builder.norm("norm", x) if step == "norm" else builder.act("act", x)
        pooled = HEAD_POOLS[self.spec.head_pool].place(builder, x)
        features = place_hidden(builder, builder.add("flatten", ops.Flatten(), pooled))
        if self.spec.num_classes:
            linear = ops.Linear(features.channels, self.spec.num_classes, self.spec.head_bias)
            features = builder.add("fc", linear, features)
        if self.spec.head_scale != 1.0:
            features = builder.add("fc_scale", ops.Scale(self.spec.head_scale), features)
        if self.spec.head_norm:
            builder.add("fc_norm", ops.BatchNorm1d(features.channels, epsilon(self.spec)), features)
        return Block("head", "none", self.shape, tuple(builder.nodes))


def plan_units(spec: SpecValues, stem_channels: int) -> list[list[Unit]]:
    """The units of each stage, in order, for a stem with `stem_channels` outputs; a transition comes first.

    Stochastic depth's rate grows linearly with the unit's number (Huang et al. 2016, section 3, Eqn. 4).
    """
    expansion = spec.expansion or BLOCKS[spec.block].expansion
    preactivated = bool(ORDERS[spec.activation_order].before)
    count, number, channels = sum(spec.stage_blocks), 0, stem_channels
    steps, transition = _steps(spec), TRANSITIONS[spec.transition]
    halvings = {} if transition.place else _halvings(spec, steps)
    rate = (spec.dilations or (1,))[0]
    stages: list[list[Unit]] = []
    for stage, (blocks, width) in enumerate(zip(spec.stage_blocks, spec.stage_widths, strict=True)):
        inner = int(width * (spec.base_width / 64.0)) * spec.cardinality
        grid = spec.multi_grid if spec.multi_grid and stage == len(spec.stage_blocks) - 1 else (1,)
        units = []
        places_transition = transition.place is not None and (steps[stage][0] > 1 or not transition.keeps_channels)
        if transition.place and not places_transition:
            rate = steps[stage][1]
        for position in range(-1 if places_transition else 0, blocks):
            stride, rate_after = steps[stage] if position < 0 else halvings.get(number, (1, rate))
            number += position >= 0
            out_channels = channels if position < 0 and transition.keeps_channels else width * expansion
            units.append(
                Unit(
                    in_channels=channels,
                    width=width,
                    inner=inner,
                    out_channels=out_channels,
                    stride=stride,
                    rate_before=rate,
                    rate_after=rate_after,
                    grid=grid[position % len(grid)],
                    opens_network=number == 1 and position == 0 and preactivated,
                    drop_path=spec.drop_path * number / count if position >= 0 else 0.0,
                    is_transition=position < 0,
                )
            )
            channels, rate = out_channels, rate_after
        stages.append(units)
    return stages


def _steps(spec: SpecValues) -> list[tuple[int, int]]:
    """Each stage's stride, and the rate after it.

    Every stage but the first halves the map, unless its dilation grows instead, or other strides are given.
    """
    stages = len(spec.stage_blocks)
    rates = spec.dilations or (1,) * stages
    strides = spec.stage_strides or usual_strides(stages)
    between = zip(strides, pairwise((rates[0], *rates)), strict=False)
    return [(1 if now > before else stride, now) for stride, (before, now) in between]


def _halvings(spec: SpecValues, steps: list[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """The steps, by the number of the unit that takes a stage's stride, or would."""
    place = STRIDE_BLOCKS[spec.stride_block].block
    starts = accumulate(spec.stage_blocks, initial=0)
    return {start + place(blocks): step for start, blocks, step in zip(starts, spec.stage_blocks, steps, strict=False)}
