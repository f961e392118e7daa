"""What stands among known networks: the axes, and every candidate with what is known of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.analysis.equal_cost import COST_SETTINGS
from explorer.language import N_, _, told
from explorer.model import PRESETS, ModelSpec, preset
from explorer.outputs.tables.choosing import ERROR, Candidate
from explorer.outputs.tables.comparison import Comparison
from explorer.outputs.tables.reference_networks import Dot, Field, dots_of
from explorer.outputs.tables.sweep import QUANTITIES, amounts_of, sweep_around
from explorer.ui.common.networks import network_label, network_name
from explorer.ui.compare.charts import Spot, axis_title
from explorer.ui.compare.measured_times import PASSES, Times, pass_label
from explorer.ui.compare.setup import CompareSetup

THIS_COMPARISON = N_("this comparison")
"""The source of a compared network that is not known by name."""
Known = Mapping[Field, tuple[Dot, ...]]
"""The published errors by field."""


def costs() -> dict[str, str]:
    """The labels of the costs and passes, by their names in the address."""
    return {key: _(quantity.label) for key, quantity in QUANTITIES.items()} | {key: pass_label(key) for key in PASSES}


@dataclass(frozen=True)
class Axes:
    """The two axes: names of costs or passes; the vertical one can also be a field of published errors."""

    x: str
    y: str
    field: Field | None
    recipe: Field
    """The field whose errors count: that of the vertical axis, where it is one."""
    times: Mapping[str, Times]
    """The measured times, by pass."""

    @property
    def measures(self) -> bool:
        """Whether an axis is a measured time."""
        return self.x in PASSES or self.y in PASSES

    def value(self, spec: ModelSpec, axis: str) -> float | None:
        """A network's cost or measured milliseconds; None where it was not measured."""
        if axis in PASSES:
            found = self.times[axis].milliseconds.get(spec)
            return None if found is None else round(found, 3)
        return amounts_of(spec)[axis]

    def amounts(self, spec: ModelSpec, error: float | None) -> Mapping[str, float]:
        """What is known of a network: all costs, measured milliseconds, the error."""
        times = {name: time for name in self.times if (time := self.value(spec, name)) is not None}
        return {**amounts_of(spec), **times, **({} if error is None else {ERROR: error})}

    @property
    def title(self) -> str:
        """The title of the vertical axis."""
        if self.field is None:
            return axis_title(self.y, log=True)
        return _("Top-1 error, %: {field}").format(field=told(self.field.label))


def known_candidates(axes: Axes, known: Known) -> list[Candidate]:
    """The networks with a figure, where the vertical axis is an error; else all known networks, each once."""
    if axes.field:
        dots = known[axes.field]
        return [_candidate(axes, dot.preset, dot.source, preset(dot.preset), dot.error) for dot in dots]
    found = []
    for name in PRESETS:
        spec = preset(name)
        figures = dots_of(spec, known[axes.recipe])
        best = min(figures, key=lambda dot: dot.error, default=None)
        source = best.source if best else PRESETS[name].family
        found.append(_candidate(axes, name, source, spec, best.error if best else None))
    return found


def own_candidates(setup: CompareSetup, comparison: Comparison, axes: Axes, known: Known) -> list[Candidate]:
    """The compared networks that are not known by name."""
    named = zip(setup.named_networks, comparison.names, comparison.specs, strict=True)
    return [
        _candidate(axes, name, _(THIS_COMPARISON), spec, error_of(spec, known[axes.recipe]), label)
        for name, label, spec in named
        if name not in PRESETS
    ]


def sweep_candidates(setup: CompareSetup, comparison: Comparison, axes: Axes, known: Known) -> list[Candidate]:
    """The networks of the first network's sweep, as the view of sweeps has it."""
    setting, low, high = (setup.choices[name] for name in ("knob", "from", "upto"))
    label = _(COST_SETTINGS[setting].label).lower()
    return [
        _candidate(
            axes,
            network_name(point.spec),
            _("sweep of {network}").format(network=comparison.names[0]),
            point.spec,
            error_of(point.spec, known[axes.recipe]),
            f"{label} {point.value:,}",
        )
        for point in sweep_around(comparison.specs[0], setting, low, high)
    ]


def _candidate(axes: Axes, name: str, source: str, spec: ModelSpec, error: float | None, label: str = "") -> Candidate:
    return Candidate(name, label or network_label(name), source, spec, axes.amounts(spec, error))


def error_of(spec: ModelSpec, dots: Sequence[Dot]) -> float | None:
    """The lowest error that is published for the network; None where there is none."""
    return min((dot.error for dot in dots_of(spec, dots)), default=None)


def spots(candidates: Sequence[Candidate], axes: Axes) -> list[Spot]:
    """Those of the candidates that have both values."""
    y = ERROR if axes.field else axes.y
    return [
        Spot(each.label, each.source, each.name, each.amounts[axes.x], each.amounts[y])
        for each in candidates
        if axes.x in each.amounts and y in each.amounts
    ]
