"""The proof beside the numbers: a line of badges under the totals, and a view with every claim."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import streamlit as st

from explorer.analysis.verification_claims import Claim, Proof, prove, with_check
from explorer.jobs.verification import VerificationHandle, VerificationResult, verification_sentence
from explorer.language import N_, _, told
from explorer.model import ModelSpec
from explorer.outputs.formatting import capitalised
from explorer.ui.build.draft import Network
from explorer.ui.build.opened_file import file_badge_text
from explorer.ui.common.refresh import Check, refreshed
from explorer.ui.common.remembered_widgets import VIEW, pressed, put
from explorer.ui.measuring.child_jobs import ChildJobs

POLL_SECONDS = 1.0
KNOWN = N_("The values of all controls are those of this known network, but for what is named here.")

Colour = Literal["green", "orange", "gray", "red"]

MARKS: dict[str, tuple[str, Colour]] = {
    "verified": (":material/verified:", "green"),
    "agrees": (":material/check:", "green"),
    "differs": (":material/difference:", "orange"),
    "open": (":material/pending:", "gray"),
    "failed": (":material/error:", "red"),
}
"""Icon and colour by a claim's status."""
STATUS_WORDS = {
    "verified": N_("verified"),
    "agrees": N_("agrees"),
    "differs": N_("differs"),
    "open": N_("open"),
    "failed": N_("failed"),
}
OF_LIBRARY = {"torchvision": N_("torchvision's"), "timm": N_("timm's"), "Keras": N_("Keras'")}
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
                **pressed(put, VIEW, "File", sets=("tab",), help=_("The network of the file that you have opened.")),
            )
        if proof.identified:
            name = _("is {network}").format(network=proof.headline)
            _badge("name", f":blue-badge[:material/fingerprint: {name}]", _(KNOWN))
        for claim in _one_per_kind(proof):
            icon, colour = MARKS[claim.status]
            _badge(claim.kind, f":{colour}-badge[{icon} {_short(claim, proof)}]", told(claim.text))


def _badge(kind: str, text: str, explanation: str) -> None:
    """A badge that opens the view which proves it."""
    opened = pressed(put, VIEW, "Proof", sets=("tab",), help=explanation)
    st.button(text, key=f"badge.{kind}", type="tertiary", **opened)


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
        return _("papers: {agreeing} of {printed} printed counts agree").format(agreeing=agreeing, printed=printed)
    texts = {"open": N_("not checked against torch yet"), "failed": N_("torch differs: see Proof")}
    text = texts.get(claim.status)
    return _(text) if text else _("checked against torch")


def _of_libraries(claim: Claim, proof: Proof) -> str:
    same = [each for each in proof.claims if each.kind in LIBRARY_KINDS and each.status == "verified"]
    if same:
        # Once each: timm has several names for some networks.
        names = _(" and ").join(dict.fromkeys(_(OF_LIBRARY[_library(each)]) for each in same))
        return _("same function as {libraries}").format(libraries=names)
    return _("{library}: outputs not compared").format(library=_library(claim))


def _library(claim: Claim) -> str:
    return claim.source.partition(".")[0]


def proof_panel(spec: ModelSpec) -> None:
    """Every claim with its source, and the check of this network against torch."""
    standing = standing_of(spec)
    unknown = _("**This is none of the networks with a known name.** Its counts follow from arithmetic, checked below.")
    known = _("**This is {network}.**").format(network=standing.proof.headline)
    st.markdown(known if standing.proof.identified else unknown)
    refreshed(partial(_claims, spec, standing), POLL_SECONDS, active=standing.waiting)


def _claims(spec: ModelSpec, before: VerificationStatus, check: Check) -> None:
    standing = standing_of(spec) if before.waiting else before
    check(standing.waiting)
    result, ahead = standing.result, standing.ahead
    if result is None and ahead is None:
        ordered = st.button(
            _("Check against torch"),
            icon=":material/fact_check:",
            key="proof.check",
            help=_("Builds this very network in torch, in a process of its own, and compares every layer."),
        )
        if ordered:
            if verification_jobs().order(spec):
                st.rerun()
            st.warning(_("Too many checks are waiting; try again in a minute."), icon=":material/hourglass:")
    elif result is None:
        now = _("torch is building this network and compares every layer…")
        st.info(_("{count} checks come first…").format(count=ahead) if ahead else now, icon=":material/hourglass:")
    for claim in standing.proof.claims:
        st.markdown(claim_line(claim))
    if result is not None and result.difference:
        st.error(
            _("First layer that differs: {layer}.").format(layer=f"`{result.difference.path}`"), icon=":material/error:"
        )


def claim_line(claim: Claim) -> str:
    """One claim in Markdown: its mark, its text, its paper."""
    icon, colour = MARKS[claim.status]
    paper = f" [{claim.link.removeprefix('https://')}]({claim.link})" if claim.link else ""
    sentence = capitalised(told(claim.text))
    end = "" if sentence.endswith((".", "。")) else _(".")
    return f":{colour}-badge[{icon} {_(STATUS_WORDS[claim.status])}] {sentence}{end}{paper}"
