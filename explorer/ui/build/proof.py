"""The proof beside the numbers: a line of badges under the totals, and a view with every claim."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import streamlit as st

from explorer.analysis.compared_outputs import possessive
from explorer.analysis.verification_claims import Claim, Proof, prove, with_check
from explorer.jobs.verification import VerificationHandle, VerificationResult, verification_sentence
from explorer.model import ModelSpec
from explorer.outputs.formatting import capitalised
from explorer.ui.build.draft import Network
from explorer.ui.build.opened_file import file_badge_text
from explorer.ui.common.refresh import Check, refreshed
from explorer.ui.common.remembered_widgets import VIEW, put
from explorer.ui.measuring.child_jobs import ChildJobs

POLL_SECONDS = 1.0
KNOWN = "The values of all controls are those of this known network, but for what is named here."

Colour = Literal["green", "orange", "gray", "red"]

MARKS: dict[str, tuple[str, Colour]] = {
    "verified": (":material/verified:", "green"),
    "agrees": (":material/check:", "green"),
    "differs": (":material/difference:", "orange"),
    "open": (":material/pending:", "gray"),
    "failed": (":material/error:", "red"),
}
"""Icon and colour by a claim's status."""
LIBRARY_KINDS = ("torchvision", "library")
"""The kinds of claim that compare with a library's network."""


@dataclass(frozen=True)
class VerificationStatus:
    """What is known about a network: the proof, the outcome of its check, and how many checks come before it."""

    proof: Proof
    result: VerificationResult | None
    ahead: int | None

    @property
    def waiting(self) -> bool:
        """Whether a check was ordered and is not made yet."""
        return self.result is None and self.ahead is not None


@st.cache_resource(show_spinner=False)
def verification_jobs() -> ChildJobs[ModelSpec, VerificationResult]:
    """The checks against torch on this server, one at a time, so that training keeps its cores."""
    return ChildJobs(VerificationHandle, lambda message: VerificationResult(not_checked=message))


def standing_of(spec: ModelSpec) -> VerificationStatus:
    """The proof from published tables, with the result of the background check where there is one."""
    jobs = verification_jobs()
    result, proof = jobs.result(spec), prove(spec)
    if result:
        proof = with_check(proof, result.ok, verification_sentence(result))
    return VerificationStatus(proof, result, jobs.ahead(spec))


def badge_line(network: Network) -> None:
    """Which known network it is, and how much of it is proven, in a line."""
    if network.spec is None:
        return
    proof = standing_of(network.spec).proof
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="proof.badges"):
        if text := file_badge_text(network.spec):
            st.button(
                f":violet-badge[:material/folder_open: {text}]",
                key="badge.file",
                type="tertiary",
                on_click=put,
                args=(VIEW, "File"),
                help="The network of the file that you have opened.",
            )
        if proof.identified:
            _badge("name", ":blue-badge[:material/fingerprint: is " + proof.headline + "]", KNOWN)
        for claim in _one_per_kind(proof):
            icon, colour = MARKS[claim.status]
            _badge(claim.kind, f":{colour}-badge[{icon} {_short(claim, proof)}]", claim.text)


def _badge(kind: str, text: str, explanation: str) -> None:
    """A badge that opens the view which proves it."""
    st.button(text, key=f"badge.{kind}", type="tertiary", on_click=put, args=(VIEW, "Proof"), help=explanation)


def _one_per_kind(proof: Proof) -> list[Claim]:
    """The claim of each kind that says the least in our favour: a badge must not hide a difference.

    No claim on a library can differ, so that of all libraries the best one stands for them.
    """
    order = list(MARKS)
    libraries = [claim for claim in proof.claims if claim.kind in LIBRARY_KINDS]
    chosen = {"library": min(libraries, key=lambda claim: order.index(claim.status))} if libraries else {}
    for claim in proof.claims:
        before = chosen.get(claim.kind)
        is_worse = before is None or order.index(claim.status) > order.index(before.status)
        if claim.kind not in LIBRARY_KINDS and is_worse:
            chosen[claim.kind] = claim
    return list(chosen.values())


def _short(claim: Claim, proof: Proof) -> str:
    if claim.kind in LIBRARY_KINDS:
        return _of_libraries(claim, proof)
    if claim.kind == "paper":
        agreeing = sum(other.status == "agrees" for other in proof.claims if other.kind == "paper")
        printed = sum(other.kind == "paper" for other in proof.claims)
        return f"papers: {agreeing} of {printed} printed counts agree"
    texts = {"open": "not checked against torch yet", "failed": "torch differs: see Proof"}
    return texts.get(claim.status, "checked against torch")


def _of_libraries(claim: Claim, proof: Proof) -> str:
    same = [each for each in proof.claims if each.kind in LIBRARY_KINDS and each.status == "verified"]
    if same:
        # Once each: timm has several names for some networks.
        return "same function as " + " and ".join(dict.fromkeys(possessive(_library(each)) for each in same))
    return f"{_library(claim)}: outputs not compared"


def _library(claim: Claim) -> str:
    return claim.source.partition(".")[0]


def proof_panel(spec: ModelSpec) -> None:
    """Every claim with its source, and the check of this network against torch."""
    standing = standing_of(spec)
    unknown = "**This is none of the networks with a known name.** Its counts follow from arithmetic, checked below."
    st.markdown(f"**This is {standing.proof.headline}.**" if standing.proof.identified else unknown)
    refreshed(partial(_claims, spec, standing), POLL_SECONDS, active=standing.waiting)


def _claims(spec: ModelSpec, before: VerificationStatus, check: Check) -> None:
    standing = standing_of(spec) if before.waiting else before
    check(standing.waiting)
    result, ahead = standing.result, standing.ahead
    if result is None and ahead is None:
        ordered = st.button(
            "Check against torch",
            icon=":material/fact_check:",
            key="proof.check",
            help="Builds this very network in torch, in a process of its own, and compares every layer.",
        )
        if ordered:
            if verification_jobs().order(spec):
                st.rerun()
            st.warning("Too many checks are waiting; try again in a minute.", icon=":material/hourglass:")
    elif result is None:
        now = "torch is building this network and compares every layer…"
        st.info(f"{ahead} checks come first…" if ahead else now, icon=":material/hourglass:")
    for claim in standing.proof.claims:
        st.markdown(claim_line(claim))
    if result is not None and result.difference:
        st.error(f"First layer that differs: `{result.difference.path}`.", icon=":material/error:")


def claim_line(claim: Claim) -> str:
    """One claim in Markdown: its mark, its text, its paper."""
    icon, colour = MARKS[claim.status]
    paper = f" [{claim.link.removeprefix('https://')}]({claim.link})" if claim.link else ""
    sentence = capitalised(claim.text)
    return f":{colour}-badge[{icon} {claim.status}] {sentence}{'' if sentence.endswith('.') else '.'}{paper}"
