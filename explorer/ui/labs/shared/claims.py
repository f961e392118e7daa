"""The line under a result that says whether it agrees with the paper, computed from that result."""

from types import MappingProxyType
from typing import Any

import streamlit as st

from explorer.datasets.catalogue import DATASETS
from explorer.experiments import ExperimentRequest
from explorer.experiments.claims import Claim, Outcome, Verdict
from explorer.experiments.claims.check import FIRST_FRESH_SEED
from explorer.experiments.claims.measured import measured_outcomes, measured_rows

TITLE = "Agrees with the paper?"
WORDS = MappingProxyType(
    {
        Verdict.HOLDS: "Yes, as measured here.",
        Verdict.FAILS: "No, not here.",
        Verdict.UNDECIDED: "This result does not decide it.",
    }
)


def claim_lines(claim: Claim, outcome: Outcome) -> str:
    """The claim with its source, the verdict, the numbers that decide it, and the reason, as Markdown."""
    answer = " ".join(filter(None, (f"**{TITLE}** {WORDS[outcome.verdict]}", outcome.numbers, outcome.reason)))
    return f"{answer}\n\n*The claim:* {claim.text} ({claim.source})"


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
    networks = " and ".join(f"{each.label} ({each.spec.depth} layers)" for each in request.networks)
    training, seconds = request.training, measured_rows()[name]["seconds"]
    return (
        f"*Stored with the app:* {networks}, {training.steps} steps of {training.batch_size} images "
        f"({DATASETS[training.dataset].label.lower()}), over fresh seeds from {FIRST_FRESH_SEED} on; "
        f"`python -m explorer labs --check --lab {name}` computes it again; it took {seconds:.0f} s on two "
        "cores."
    )


def _draw(claim: Claim, outcome: Outcome, rest: str = "") -> None:
    with st.container(border=True, key=f"claim.{claim.name.replace('/', '.').replace(' ', '_')}"):
        st.markdown(claim_lines(claim, outcome) + rest)
