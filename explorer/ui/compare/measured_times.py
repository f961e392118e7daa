"""Measured time as an axis: the times of all networks on this machine under the same conditions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from explorer.experiments import ExperimentRequest, Subject
from explorer.experiments.catalogue.measure import MeasureResult
from explorer.experiments.result_cache import newest_measurement
from explorer.jobs.errors import SettingsError
from explorer.language import N_, _, ngettext
from explorer.model import PRESETS, ModelSpec, preset
from explorer.outputs.tables.sweep import amounts_of

MOST_AT_ONCE = 6
"""The most known networks that one click measures."""


PASSES: Mapping[str, str] = MappingProxyType({"forward": N_("forward"), "step": N_("forward + backward")})
"""The timed passes of a measurement, by their names in the address bar."""


def pass_label(timed: str) -> str:
    """The label of a timed pass on an axis, in milliseconds."""
    return _("Measured time, {timed}, ms").format(timed=_(PASSES[timed]))


class Conditions(NamedTuple):
    """The conditions of a measurement; times under different conditions must not be compared."""

    device: str
    precision: str
    threads: int
    batch: int

    @property
    def text(self) -> str:
        """The conditions for a caption."""
        return ngettext(
            "{device}, {precision}, {count} thread, batch {batch}",
            "{device}, {precision}, {count} threads, batch {batch}",
            self.threads,
        ).format(device=self.device, precision=self.precision, count=self.threads, batch=self.batch)


@dataclass(frozen=True)
class Times:
    """Median milliseconds of one pass over a batch, for every network that was measured under `conditions`."""

    conditions: Conditions | None = None
    """None where nothing was measured."""
    milliseconds: Mapping[ModelSpec, float] = field(default_factory=dict)


def measured_times(compared: Sequence[ModelSpec], timed: str) -> Times:
    """The compared networks' times of a pass and those of the known networks, as far as they were measured here.

    Of several conditions, the one with the most compared networks is used, then the one with the most networks.
    """
    known = _known_times(timed)
    here = {spec: time for spec in compared if (time := _time(spec, timed))}
    everything = known | here
    votes = Counter(conditions for conditions, _ in everything.values())
    if not votes:
        return Times()
    own = Counter(conditions for conditions, _ in here.values())
    chosen = max(votes, key=lambda each: (own[each], votes[each], each))
    return Times(chosen, {spec: median for spec, (conditions, median) in everything.items() if conditions == chosen})


def _known_times(timed: str) -> dict[ModelSpec, tuple[Conditions, float]]:
    return {spec: found for spec in map(preset, PRESETS) if (found := _time(spec, timed))}


def _time(spec: ModelSpec, timed: str) -> tuple[Conditions, float] | None:
    """A network's newest time and its conditions; None where it was not measured, or not in this pass."""
    result: MeasureResult | None = newest_measurement(spec)
    if result is None:
        return None
    conditions = Conditions(result.device_name, result.precision, result.threads, result.batch_size)
    (network,) = result.networks
    medians = [timing.median for timing in network.timings if timing.name == PASSES[timed]]
    return (conditions, 1e3 * medians[0]) if medians else None


def background_request(
    names: Iterable[str], compared: Sequence[ModelSpec], times: Times, settings: Mapping[str, int]
) -> ExperimentRequest | None:
    """The request for MOST_AT_ONCE known networks: those not measured yet whose MACs are nearest to the compared ones.

    `settings` are batch, threads and seconds; where there are `times`, their batch and threads are used instead. A
    network that this machine cannot hold beside the others is skipped. None where no network is left.
    """
    aims = [amounts_of(spec)["macs"] for spec in compared]
    open_names = [name for name in dict.fromkeys(names) if preset(name) not in times.milliseconds]
    nearest = sorted(open_names, key=lambda name: min(_ratio(amounts_of(preset(name))["macs"], aim) for aim in aims))
    if times.conditions:
        settings = {**settings, "batch": times.conditions.batch, "threads": times.conditions.threads}
    subjects: list[Subject] = []
    found = None
    for name in nearest:
        if len(subjects) == MOST_AT_ONCE:
            break
        if preset(name) in [each.spec for each in subjects]:
            continue
        try:
            found = ExperimentRequest("measure", (*subjects, Subject(name, preset(name))), parameters=settings)
        except SettingsError:
            continue
        subjects = list(found.networks)
    return found


def _ratio(one: int, other: int) -> float:
    return max(one, other) / max(min(one, other), 1)
