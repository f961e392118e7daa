"""The computation of every experiment, by the name of its description."""

from collections.abc import Callable, Iterator

from explorer.engine.experiments.evaluate import evaluate
from explorer.engine.experiments.feature_maps import look_inside
from explorer.engine.experiments.folding import fold
from explorer.engine.experiments.gradient_paths import gradient_paths
from explorer.engine.experiments.inserted_layers import inserted_layers
from explorer.engine.experiments.iterative_refinement import iterative_refinement
from explorer.engine.experiments.landscape import landscape
from explorer.engine.experiments.layer_times import layer_times
from explorer.engine.experiments.learn_identity import learn_identity
from explorer.engine.experiments.learning_rates import learning_rates
from explorer.engine.experiments.lesion import lesion
from explorer.engine.experiments.measure import measure
from explorer.engine.experiments.optimisers import optimisers
from explorer.engine.experiments.shattered_gradients import shattered_gradients
from explorer.engine.experiments.short_training import depth_sweep, short_training
from explorer.engine.experiments.shortcut_products import lambda_sweep
from explorer.engine.experiments.signal import signal_and_gradient
from explorer.engine.experiments.starts import starts
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.experiments.two_inputs import two_inputs
from explorer.engine.experiments.weight_decay import weight_decay
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import ExperimentResult, Progress

Computation = Callable[[ExperimentRequest, TrainedNetworks], Iterator[Progress | ExperimentResult]]
"""Yields progress, and the result as the last value. Closing the iterator stops the work."""

COMPUTATIONS: dict[str, Computation] = {
    "signal_and_gradient": signal_and_gradient,
    "lambda_sweep": lambda_sweep,
    "lesion": lesion,
    "landscape": landscape,
    "look_inside": look_inside,
    "evaluate": evaluate,
    "iterative_refinement": iterative_refinement,
    "fold": fold,
    "gradient_paths": gradient_paths,
    "shattered_gradients": shattered_gradients,
    "two_inputs": two_inputs,
    "short_race": short_training,
    "depth_sweep": depth_sweep,
    "starts": starts,
    "optimisers": optimisers,
    "measure": measure,
    "layer_times": layer_times,
    "weight_decay": weight_decay,
    "inserted_layers": inserted_layers,
    "learn_identity": learn_identity,
    "learning_rates": learning_rates,
}
"""A function for each name in `explorer.experiments.catalogue.CATALOGUE`."""


def run_experiment(
    request: ExperimentRequest, networks: TrainedNetworks | None = None
) -> Iterator[Progress | ExperimentResult]:
    """Yields the progress of a request, and its result as the last value. Raises SettingsError or SpecError."""
    return COMPUTATIONS[request.experiment](request, networks or TrainedNetworks(request.training))
