"""The explanations of why shortcuts help, and what each measured claim says for or against them.

A claim speaks for or against an explanation only where its measurement bears on it; it is silent on all others, and
silent on all of them where its verdict is not known or not decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from explorer.experiments.claims.claim import Verdict
from explorer.language import N_


class Bearing(Enum):
    """What a measurement says of an explanation; the value is what the page writes."""

    FOR = "for"
    AGAINST = "against"
    SILENT = "silent"


@dataclass(frozen=True)
class Evidence:
    """What a claim says of an explanation where it holds and where it does not, and why, in a sentence."""

    claim: str
    why: str
    if_it_holds: Bearing = Bearing.FOR
    if_it_fails: Bearing = Bearing.AGAINST

    def bearing(self, verdict: Verdict | None) -> Bearing:
        """What the claim says with this verdict; `None` stands for a claim that was not measured."""
        if verdict is Verdict.HOLDS:
            return self.if_it_holds
        return self.if_it_fails if verdict is Verdict.FAILS else Bearing.SILENT


@dataclass(frozen=True)
class Explanation:
    """One explanation: its name, what it says in a sentence, its source, and the claims that bear on it."""

    name: str
    label: str
    text: str
    source: str
    evidence: tuple[Evidence, ...]

    def evidence_of(self, claim: str) -> Evidence | None:
        """What a claim says of this explanation; None where it is silent."""
        return next((each for each in self.evidence if each.claim == claim), None)


EXPLANATIONS: tuple[Explanation, ...] = (
    Explanation(
        "vanishing",
        N_("Vanishing gradients"),
        N_("A deep plain network does not train because its gradient vanishes on the way back; a shortcut keeps it."),
        N_("Bengio et al. 1994; Glorot & Bengio 2010"),
        (
            Evidence(
                "signal/blocks",
                N_(
                    "With batch normalisation the gradient of the plain network does not vanish, and "
                    "the network still does"
                    " not train."
                ),
                Bearing.AGAINST,
                Bearing.FOR,
            ),
            Evidence(
                "signal/blocks/no norm",
                N_("He's initialisation keeps the gradient's size without any normalisation."),
                Bearing.AGAINST,
                Bearing.FOR,
            ),
            Evidence(
                "signal/factor", N_("A factor below 1 on every shortcut lets signal and gradient fade, and harms.")
            ),
        ),
    ),
    Explanation(
        "optimisation",
        N_("Degradation of optimisation"),
        N_("A good deep plain network exists, but the usual optimiser does not find it."),
        N_("He et al. 2015, section 1"),
        (
            Evidence("degradation/sweep", N_("The deep plain network is worse on the images that it is trained on.")),
            Evidence("degradation/sweep/rates", N_("Another learning rate does not find the good network either.")),
            Evidence("degradation/optimiser", N_("Adam and Muon do not find it either.")),
            Evidence("degradation/copy", N_("A deeper network that equals the shallow one exists: it was built.")),
            Evidence(
                "degradation/insert", N_("A deeper network as good as the trained shallow one exists: it was made.")
            ),
        ),
    ),
    Explanation(
        "ensembles",
        N_("Ensembles of shallow networks"),
        N_("A residual network behaves like many shallow networks, one for each path through it."),
        N_("Veit et al. 2016"),
        (
            Evidence("lesion/damage", N_("Without one block, half of the paths are left, and little is lost.")),
            Evidence("lesion/paths", N_("The gradient comes along short paths: what is trained is shallow.")),
        ),
    ),
    Explanation(
        "landscape",
        N_("A smooth landscape"),
        N_("Around a deep plain network the loss is chaotic; shortcuts make it smooth, so that descent works."),
        N_("Li et al. 2018"),
        (
            Evidence(
                "landscape/slices",
                N_("The loss around a deep plain network has many valleys, with shortcuts one bowl."),
            ),
        ),
    ),
    Explanation(
        "shattered",
        N_("Shattered gradients"),
        N_("In a deep plain network neighbouring inputs have unrelated gradients, so their steps do not add up."),
        N_("Balduzzi et al. 2017"),
        (
            Evidence(
                "shattered/gradients",
                N_("In the residual network neighbouring gradients are alike, in the plain one not."),
            ),
        ),
    ),
    Explanation(
        "identity",
        N_("The identity at the start"),
        N_("A residual network begins close to the identity, and what matters is this beginning."),
        N_("Zhang et al. 2019; De & Smith 2020"),
        (
            Evidence("starts/grid", N_("A plain network that begins as the identity trains too.")),
            Evidence("degradation/copy", N_("A block whose branch is zero passes on its input.")),
            Evidence(
                "degradation/learn/start",
                N_(
                    "Residual blocks from the usual start have to learn to pass on their input; "
                    "silent ones begin with it."
                ),
            ),
        ),
    ),
    Explanation(
        "downscaling",
        N_("Batch normalisation scales the branch down"),
        N_("Normalised branches add less and less beside a growing stream, so a deep block begins near the identity."),
        N_("De & Smith 2020"),
        (
            Evidence("inside/maps", N_("The stream grows from block to block, so each branch counts less beside it.")),
            Evidence("order/orders", N_("A normalisation after the addition scales the stream as well, and harms.")),
        ),
    ),
    Explanation(
        "refinement",
        N_("Iterative refinement"),
        N_("The blocks of a stage improve the same representation step by step."),
        N_("Greff et al. 2017; Jastrzebski et al. 2018"),
        (
            Evidence(
                "refinement/blocks", N_("F points along the negative gradient, and heads improve block by block.")
            ),
            Evidence("lesion/damage", N_("A block that only refines can be left out.")),
        ),
    ),
)
"""In the order of the page; a claim that none of them names bears on none."""

BY_NAME: Mapping[str, Explanation] = MappingProxyType({each.name: each for each in EXPLANATIONS})
"""The same, by name."""
