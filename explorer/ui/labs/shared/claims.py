"""The line under a result that says whether it agrees with the paper, computed from that result."""

from types import MappingProxyType
from typing import Any

import streamlit as st

from explorer.datasets.catalogue import DATASETS
from explorer.experiments import ExperimentRequest
from explorer.experiments.claims import Claim, Outcome, Verdict
from explorer.experiments.claims.check import FIRST_FRESH_SEED
from explorer.experiments.claims.measured import measured_outcomes, measured_rows
from explorer.language import N_, _, told

TITLE = N_("Agrees with the paper?")
WORDS = MappingProxyType(
    {
        Verdict.HOLDS: N_("Yes, as measured here."),
        Verdict.FAILS: N_("No, not here."),
        Verdict.UNDECIDED: N_("This result does not decide it."),
    }
)


def claim_lines(claim: Claim, outcome: Outcome) -> str:
    """The claim with its source, the verdict, the numbers that decide it, and the reason, as Markdown."""
    said = (f"**{_(TITLE)}** {_(WORDS[outcome.verdict])}", told(outcome.numbers), told(outcome.reason))
    return _("{answer}\n\n*The claim:* {claim} ({source})").format(
        answer=" ".join(filter(None, said)), claim=_(claim.text), source=_(claim.source)
    )


def draw_claim(claim: Claim, result: Any) -> None:
    """Puts the line on the page, for a whole result or for the seeds of an unfinished one that are complete."""
    _draw(claim, claim.judge(result))


def draw_stored_claim(claim: Claim) -> None:
    """Puts the line on the page as the record has it, with how it was measured; nothing for what has no record."""
    outcome = measured_outcomes().get(claim.name)
    if outcome is not None and claim.request is not None:
        _draw(claim, outcome, f"\n\n{protocol(claim.request(), claim.name)}")


def protocol(request: ExperimentRequest, name: str) -> str:
    """How the stored outcome of a claim was measured."""
    networks = [
        _("{network} ({depth} layers)").format(network=_(each.label), depth=each.spec.depth)
        for each in request.networks
    ]
    training, seconds = request.training, measured_rows()[name]["seconds"]
    return _(
        "*Stored with the app:* {networks}, {steps} steps of {batch} images ({images}), over fresh "
        "seeds from {seed} on; "
        "{command} computes it again; it took {seconds} s on two cores."
    ).format(
        networks=_(" and ").join(networks),
        steps=training.steps,
        batch=training.batch_size,
        images=_(DATASETS[training.dataset].label).lower(),
        seed=FIRST_FRESH_SEED,
        command=f"`python -m explorer labs --check --lab {name}`",
        seconds=f"{seconds:.0f}",
    )


def _draw(claim: Claim, outcome: Outcome, rest: str = "") -> None:
    with st.container(border=True, key=f"claim.{claim.name.replace('/', '.').replace(' ', '_')}"):
        st.markdown(claim_lines(claim, outcome) + rest)
