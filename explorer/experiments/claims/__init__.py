"""The textbook claims that the labs test: for each the page's default request, and the judgement of a result.

Pages and the command line share both. What is drawn or printed does not belong here. No torch.
"""

from explorer.experiments.claims.claim import Claim, Outcome, Plan, Verdict
from explorer.experiments.claims.copying import INSERT_CLAIM, LEARN_CLAIM, START_CLAIM
from explorer.experiments.claims.degradation import COPY_CLAIM, SWEEP_CLAIM
from explorer.experiments.claims.folding import FOLD_CLAIM
from explorer.experiments.claims.inside import INSIDE_CLAIM
from explorer.experiments.claims.landscape import LANDSCAPE_CLAIM
from explorer.experiments.claims.lesion import DAMAGE_CLAIM, PATHS_CLAIM
from explorer.experiments.claims.mixing import MIXING_CLAIM
from explorer.experiments.claims.optimisers import OPTIMISER_CLAIM, RATES_CLAIM
from explorer.experiments.claims.order import ORDERS_CLAIM, REGULARISED_CLAIM
from explorer.experiments.claims.refinement import REFINEMENT_CLAIM
from explorer.experiments.claims.shattered import GRADIENTS_CLAIM, INPUTS_CLAIM, LAW_CLAIM
from explorer.experiments.claims.shortcuts import KINDS_CLAIM, OPTIONS_CLAIM, SLOWEST_CLAIM
from explorer.experiments.claims.signal import FACTOR_CLAIM, NORMALISED_CLAIM, UNNORMALISED_CLAIM
from explorer.experiments.claims.starts import BRANCHES_CLAIM, GRID_CLAIM
from explorer.experiments.claims.weight_decay import DECAY_CLAIM

CLAIMS: tuple[Claim, ...] = (
    SWEEP_CLAIM,
    RATES_CLAIM,
    COPY_CLAIM,
    INSERT_CLAIM,
    LEARN_CLAIM,
    START_CLAIM,
    DECAY_CLAIM,
    OPTIMISER_CLAIM,
    NORMALISED_CLAIM,
    UNNORMALISED_CLAIM,
    FACTOR_CLAIM,
    MIXING_CLAIM,
    KINDS_CLAIM,
    OPTIONS_CLAIM,
    SLOWEST_CLAIM,
    ORDERS_CLAIM,
    REGULARISED_CLAIM,
    DAMAGE_CLAIM,
    PATHS_CLAIM,
    LANDSCAPE_CLAIM,
    INSIDE_CLAIM,
    GRADIENTS_CLAIM,
    INPUTS_CLAIM,
    LAW_CLAIM,
    REFINEMENT_CLAIM,
    FOLD_CLAIM,
    GRID_CLAIM,
    BRANCHES_CLAIM,
)
"""Every claim, in the order of the labs."""

__all__ = ["CLAIMS", "Claim", "Outcome", "Plan", "Verdict"]
