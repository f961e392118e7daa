"""The horizontal axes of the curves: steps, epochs, seconds, or multiply-adds."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from explorer.datasets.catalogue import dataset_facts, fit_spec
from explorer.jobs.errors import SettingsError
from explorer.language import N_
from explorer.model import ModelSpec, SpecError, assemble
from explorer.runs.records import RunRecord
from explorer.ui.train.curves.curves import Point, RunCurves


class Axis(NamedTuple):
    """A horizontal axis: the label of its button, its title, plotly's number format, and its units per step.

    `per_step` is None for time, since every point has its own time. It returns None for a run whose network or data
    set this version does not know.
    """

    label: str
    title: str
    number_format: str
    per_step: Callable[[RunRecord, RunCurves], float | None] | None


def _epochs(run: RunRecord, curves: RunCurves) -> float | None:
    try:
        images = curves.opening.train_images if curves.opening else dataset_facts(run.dataset).train_images
        return run.settings.batch_size / images if images else None
    except SettingsError:
        return None


def _macs(run: RunRecord, _: RunCurves) -> float | None:
    forward = forward_macs(run.spec_json, run.dataset)
    try:
        return forward * run.settings.batch_size if forward else None
    except SettingsError:
        return None


@lru_cache(maxsize=256)
def forward_macs(spec_json: str, dataset: str) -> int | None:
    """Multiply-adds of a network's forward pass on one image of a data set; None where it cannot be counted."""
    try:
        return assemble(fit_spec(ModelSpec.from_json(spec_json), dataset)).cost.macs
    except (SpecError, SettingsError):
        return None


AXES: Mapping[str, Axis] = {
    "step": Axis(N_("by step"), N_("steps"), "", lambda run, curves: 1.0),
    "epoch": Axis(N_("epoch"), N_("epochs (passes over all training images)"), "", _epochs),
    "seconds": Axis(N_("second"), N_("seconds of training"), "", None),
    "macs": Axis("MACs", N_("MACs spent in forward passes (a training step costs about 3 times as many)"), "~s", _macs),
}
"""The axes by the key of `ChartView.by`."""


def abscissa(by: str, run: RunRecord, curves: RunCurves) -> Callable[[Point], float] | None:
    """The function that gives the horizontal position of a run's point; None where it is not known."""
    per_step = AXES[by].per_step
    if per_step is None:
        return lambda point: point.seconds
    units = per_step(run, curves)
    return None if units is None else lambda point: point.step * units


def whole_length(by: str, run: RunRecord, curves: RunCurves) -> float | None:
    """The horizontal position of the run's last step; None where it is not known yet, as with time."""
    per_step = AXES[by].per_step
    units = per_step(run, curves) if per_step else None
    return None if units is None else units * run.steps
