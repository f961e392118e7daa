"""The last lab: explanations of why shortcuts help in rows, measured claims in columns, each cell a link to its lab."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from explorer.experiments.claims import CLAIMS, Claim, Outcome, Verdict
from explorer.experiments.claims.explanations import BY_NAME, EXPLANATIONS, Bearing, Explanation
from explorer.experiments.claims.measured import measured_outcomes
from explorer.language import N_, _, told
from explorer.ui.common.tables import csv_button
from explorer.ui.labs.shared import predict, seen, text
from explorer.ui.labs.shared.lab import Controls, Lab, Part
from explorer.ui.measuring.jobs import manager

SIGNS: Mapping[Bearing, str] = {Bearing.FOR: "+", Bearing.AGAINST: "−", Bearing.SILENT: "·"}
STORED, HERE = N_("stored with the app, over fresh seeds"), N_("computed on this server")
BEARINGS: Mapping[Bearing, str] = {
    Bearing.FOR: N_("for"),
    Bearing.AGAINST: N_("against"),
    Bearing.SILENT: N_("silent"),
}
OPENINGS: Mapping[Verdict, str] = {
    Verdict.HOLDS: "",
    Verdict.FAILS: N_("Not so here: "),
    Verdict.UNDECIDED: N_("Undecided: "),
}
"""What stands before a sentence that says what a claim shows where it holds."""
AGREEING: Mapping[str, str] = {
    "optimisation": N_(
        "The measurements agree with it: a deeper network that equals the shallow one can be built, and"
        " training does not find one as good."
    ),
    "shattered": N_(
        "The measurements agree with it: with depth, neighbouring gradients become unrelated in the plain network."
    ),
    "identity": N_(
        "The measurements agree with it: without normalisation a deep plain network learns when it begins as"
        " the identity."
    ),
}
OFFERED = ("vanishing", *AGREEING)
HEADS: Mapping[str, str] = {
    "degradation/sweep": N_("Depth, plain and residual"),
    "degradation/sweep/rates": N_("Four learning rates"),
    "degradation/copy": N_("Branches that start at 0"),
    "degradation/insert": N_("Inserted layers"),
    "degradation/learn/start": N_("Learning to copy"),
    "degradation/optimiser": N_("Three optimisers"),
    "signal/blocks": N_("Gradients with a norm"),
    "signal/blocks/no norm": N_("Gradients without a norm"),
    "signal/factor": N_("A factor on the shortcut"),
    "order/orders": N_("Norm after the addition"),
    "lesion/damage": N_("A block removed"),
    "lesion/paths": N_("Lengths of paths"),
    "landscape/slices": N_("Slices of the loss"),
    "inside/maps": N_("Growth of the stream"),
    "shattered/gradients": N_("Neighbouring gradients"),
    "refinement/blocks": N_("Heads after each block"),
    "starts/grid": N_("Start as the identity"),
}
"""The heads of the table's columns, by the claims' names."""


@dataclass(frozen=True)
class Measured:
    """A claim, what it came out as (None where nobody has measured it), and where that is from."""

    claim: Claim
    outcome: Outcome | None
    origin: str

    @property
    def head(self) -> str:
        """What was measured, in a few words."""
        return _(HEADS[self.claim.name])

    @property
    def link(self) -> str:
        """The address of the part of the lab that measures it."""
        return f"/labs?{urlencode({'lab': self.claim.lab, 'part': self.claim.part})}"

    def bearing_on(self, explanation: Explanation) -> Bearing:
        """What the measurement says of an explanation."""
        evidence = explanation.evidence_of(self.claim.name)
        verdict = self.outcome.verdict if self.outcome else None
        return evidence.bearing(verdict) if evidence else Bearing.SILENT


def measured() -> tuple[Measured, ...]:
    """The claims that bear on an explanation: by this server's own answer at the defaults, else by the record."""
    named = {evidence.claim for explanation in EXPLANATIONS for evidence in explanation.evidence}
    found = []
    for claim in (claim for claim in CLAIMS if claim.name in named):
        answer = manager().answer(claim.request()) if claim.request else None
        if answer is not None:
            found.append(Measured(claim, claim.judge(answer.result), HERE))
        else:
            found.append(Measured(claim, measured_outcomes().get(claim.name), STORED))
    return tuple(found)


def counted(explanation: Explanation, found: Sequence[Measured]) -> str:
    """How many measurements speak for and against an explanation: `2 for, 1 against`."""
    counts = Counter(each.bearing_on(explanation) for each in found)
    return _("{for_it} for, {against} against").format(for_it=counts[Bearing.FOR], against=counts[Bearing.AGAINST])


def seen_of_counts(found: Sequence[Measured]) -> predict.Question | None:
    """Asks for which explanation most of the measurements speak."""
    values = {each.label: [Counter(one.bearing_on(each) for one in found)[Bearing.FOR]] for each in EXPLANATIONS}
    return seen.highest("survives.seen", N_("For which explanation do most of these measurements speak?"), values)


QUESTION = predict.Question(
    "survives",
    N_(
        "Here are four explanations of why a deep plain network does not train where a residual one "
        "does. Against which of"
        " them do the measurements in these labs speak?"
    ),
    tuple(each.label for each in EXPLANATIONS if each.name in OFFERED),
    OFFERED.index("vanishing"),
    text.Section("survives", "table_reveal"),
    {BY_NAME[name].label: sentence for name, sentence in AGREEING.items()},
    seen_of_counts,
    ("does not vanish",),
)


def _draw_table_part(_controls: Controls) -> None:
    predict.draw_question(QUESTION)
    if not predict.is_answered(QUESTION):
        return
    found = measured()
    st.html(table_html(found))
    csv_button(lambda: frame(found), "explanations.csv", "survives.csv")
    predict.draw_seen(QUESTION, found)
    for explanation in EXPLANATIONS:
        with st.expander(f"**{_(explanation.label)}**: {counted(explanation, found)}"):
            st.markdown(details(explanation, found))


def table_html(found: Sequence[Measured]) -> str:
    """The table as HTML: a row for each explanation, a column for each measured claim, every cell a link."""
    heads = "".join(
        f'<th scope="col" title="{escape(_(each.claim.text))}"><span>{escape(each.head)}</span></th>' for each in found
    )
    rows = "".join(
        f'<tr><th scope="row" title="{escape(_(each.text))}">{escape(_(each.label))}</th>'
        f"{''.join(_cell(each, one) for one in found)}<td>{escape(counted(each, found))}</td></tr>"
        for each in EXPLANATIONS
    )
    return (
        f'<div class="explanations"><table><thead><tr><th scope="col">{escape(_("Explanation"))}</th>{heads}'
        f'<th scope="col">{escape(_("In all"))}</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cell(explanation: Explanation, one: Measured) -> str:
    bearing, evidence = one.bearing_on(explanation), explanation.evidence_of(one.claim.name)
    words = f"{one.head}: {_(BEARINGS[bearing])}. {_(evidence.why) if evidence else ''}".strip()
    return (
        f'<td class="{bearing.value}"><a href="{escape(one.link)}" target="_blank" title="{escape(words)}"'
        f' aria-label="{escape(words)}">{SIGNS[bearing]}</a></td>'
    )


def details(explanation: Explanation, found: Sequence[Measured]) -> str:
    """What the explanation says, and every measurement that bears on it with its numbers, as Markdown."""
    lines = [f"{_(explanation.text)} ({_(explanation.source)})", ""]
    for one in found:
        evidence = explanation.evidence_of(one.claim.name)
        if evidence is None:
            continue
        opening, numbers = ("", _("Not measured yet."))
        if one.outcome is not None:
            opening, numbers = _(OPENINGS[one.outcome.verdict]), f"{told(one.outcome.numbers)} ({_(one.origin)})"
        bearing = _(BEARINGS[one.bearing_on(explanation)])
        lines.append(f"- **{bearing}**, [{one.head}]({one.link}): {opening}{_(evidence.why)} {numbers}")
    return "\n".join(lines)


def frame(found: Sequence[Measured]) -> pd.DataFrame:
    """A row for each explanation and measurement that bears on it."""
    return pd.DataFrame(
        [
            {
                "explanation": explanation.label,
                "claim": one.claim.name,
                "bearing": one.bearing_on(explanation).value,
                "verdict": one.outcome.verdict.value if one.outcome else "",
                "numbers": str(one.outcome.numbers) if one.outcome else "",
                "from": one.origin,
            }
            for explanation in EXPLANATIONS
            for one in found
            if explanation.evidence_of(one.claim.name)
        ]
    )


LAB = Lab("survives", 14, N_("Which explanation survives?"), (Part("table", N_("The table"), _draw_table_part, ()),))
