"""Short texts about the trainings of an experiment."""

import math
from collections.abc import Sequence
from statistics import median

from explorer.datasets.catalogue import dataset_label
from explorer.experiments import ExperimentRequest
from explorer.experiments.result import Training


def training_conditions(request: ExperimentRequest) -> str:
    """Where the weights of a request's networks come from, in one or two sentences."""
    images = dataset_label(request.training.dataset)
    if any(subject.run for subject in request.networks):
        return f"{images}; the weights are those at the end of the chosen runs."
    seeds = request.parameters.get("seeds", 1)
    repeats = "one seed" if seeds == 1 else f"{seeds} seeds: medians, from the lowest to the highest"
    return f"{images}, {request.training.steps} steps of training, {repeats}: the start of training, not its end."


def training_outcome(training: Training) -> str:
    """How a training ended, in a few words."""
    if not training.steps and not training.diverged:
        return "in its run"
    return training.diverged or f"loss {training.train_loss:.3g}, test error {training.test_error:.1f} %"


def median_with_range(values: Sequence[float], number_format: str = ".1f") -> str:
    """The median, and the lowest and highest value if there are several; empty if there is no finite value."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return ""
    middle = f"{median(finite):{number_format}}"
    return middle if len(finite) == 1 else f"{middle} ({min(finite):{number_format}} to {max(finite):{number_format}})"
