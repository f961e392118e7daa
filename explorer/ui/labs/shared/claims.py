"""The line under a result that says whether it agrees with the paper, computed from that result."""

from types import MappingProxyType

import streamlit as st

from explorer.experiments.claims import Claim, Outcome, Verdict
from explorer.experiments.result import ExperimentResult

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


def draw_claim(claim: Claim, result: ExperimentResult) -> None:
    """Puts the line on the page, for a whole result or for the seeds of an unfinished one that are complete."""
    with st.container(border=True, key=f"claim.{claim.name.replace('/', '.').replace(' ', '_')}"):
        st.markdown(claim_lines(claim, claim.judge(result)))
