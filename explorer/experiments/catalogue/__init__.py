"""Every experiment as pages offer it: a module for each, with its result and its description. No torch."""

from collections.abc import Mapping

from explorer.experiments.catalogue.depth_sweep import DEPTH_SWEEP
from explorer.experiments.catalogue.evaluate import EVALUATE
from explorer.experiments.catalogue.folding import FOLD
from explorer.experiments.catalogue.gradient_paths import GRADIENT_PATHS
from explorer.experiments.catalogue.inserted_layers import INSERTED_LAYERS
from explorer.experiments.catalogue.iterative_refinement import ITERATIVE_REFINEMENT
from explorer.experiments.catalogue.lambda_sweep import LAMBDA_SWEEP
from explorer.experiments.catalogue.landscape import LANDSCAPE
from explorer.experiments.catalogue.layer_times import LAYER_TIMES
from explorer.experiments.catalogue.learn_identity import LEARN_IDENTITY
from explorer.experiments.catalogue.learning_rates import LEARNING_RATES
from explorer.experiments.catalogue.lesion import LESION
from explorer.experiments.catalogue.look_inside import LOOK_INSIDE
from explorer.experiments.catalogue.measure import MEASURE
from explorer.experiments.catalogue.optimisers import OPTIMISERS
from explorer.experiments.catalogue.shattered_gradients import SHATTERED_GRADIENTS
from explorer.experiments.catalogue.short_training import SHORT_TRAINING
from explorer.experiments.catalogue.signal_and_gradient import SIGNAL_AND_GRADIENT
from explorer.experiments.catalogue.starts import STARTS
from explorer.experiments.catalogue.two_inputs import TWO_INPUTS
from explorer.experiments.catalogue.weight_decay import WEIGHT_DECAY
from explorer.experiments.description import ExperimentDescription
from explorer.experiments.result import ExperimentResult
from explorer.jobs.codec import from_plain

CATALOGUE: dict[str, ExperimentDescription] = {
    description.name: description
    for description in (
        SIGNAL_AND_GRADIENT,
        LAMBDA_SWEEP,
        LESION,
        GRADIENT_PATHS,
        SHATTERED_GRADIENTS,
        TWO_INPUTS,
        LANDSCAPE,
        LOOK_INSIDE,
        EVALUATE,
        ITERATIVE_REFINEMENT,
        FOLD,
        SHORT_TRAINING,
        DEPTH_SWEEP,
        STARTS,
        OPTIMISERS,
        MEASURE,
        LAYER_TIMES,
        WEIGHT_DECAY,
        INSERTED_LAYERS,
        LEARN_IDENTITY,
        LEARNING_RATES,
    )
}
"""Every experiment by name, in the order of the buttons on the Runs page.

A new one is one description here and one function in `explorer.engine.experiments.registry`.
"""


def result_from_dict(values: object) -> ExperimentResult:
    """The result that `protocol.result_values` wrote. Raises ValueError for anything else."""
    if not isinstance(values, Mapping) or values.get("kind") not in CATALOGUE:
        raise ValueError("this is not the result of an experiment")
    result = from_plain(CATALOGUE[values["kind"]].result, values)
    assert isinstance(result, ExperimentResult)
    return result
