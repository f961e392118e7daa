"""Lab 13: layers of three branches folded into single convolutions (Ding et al. 2021)."""

from explorer.experiments.catalogue.folding import CONTESTANTS, FoldResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, judge_seeds
from explorer.experiments.claims.lengths import SHORT, TrainingLength
from explorer.experiments.request_values import small_network
from explorer.language import N_, sentence

DEPTH = 20
SINGLE, DOUBLE = 1e-5, 1e-12
"""Differences of logits, as a part of the largest logit, that rounding explains in float32 and in float64."""


def fold_plan(length: TrainingLength = SHORT) -> Plan:
    """All contestants of one depth."""
    return Plan("fold", {"seeds": length.seeds}, training=length.training)


def judge_fold(result: FoldResult) -> Outcome:
    """Whether the folded network gives the same logits to rounding."""
    folded = [each for each in result.networks if each.label == CONTESTANTS["branches"] and each.largest > 0]
    parts = {each.training.seed: (each.single / each.largest, each.double / each.largest) for each in folded}
    most = [max(each) for each in zip(*parts.values(), strict=True)]
    return judge_seeds(
        {seed: single <= SINGLE and double <= DOUBLE for seed, (single, double) in parts.items()},
        sentence(
            "Of the largest logit, the logits differ by at most {single:.1g} in float32 and {double:.1g} in float64;"
            " predicted classes that changed: {changed}.",
            single=most[0],
            double=most[1],
            changed=sum(each.changed for each in folded),
        )
        if parts
        else "",
        N_("More than rounding: the folded weights do not do what the branches do."),
        N_("No network of three branches was trained to the end."),
    )


FOLD_CLAIM = Claim(
    "fold",
    "layers",
    N_("A trained network of three-branch layers is the same function as a plain stack of 3x3 convolutions."),
    N_("Ding et al. 2021"),
    lambda: fold_plan().request(small_network(DEPTH)),
    judge_fold,
)
