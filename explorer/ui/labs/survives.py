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
from explorer.ui.common.tables import csv_button
from explorer.ui.labs.shared import predict, seen, text
from explorer.ui.labs.shared.lab import Controls, Lab, Part
from explorer.ui.measuring.jobs import manager

SIGNS: Mapping[Bearing, str] = {Bearing.FOR: "+", Bearing.AGAINST: "−", Bearing.SILENT: "·"}
STORED, HERE = "stored with the app, over fresh seeds", "computed on this server"
OPENINGS: Mapping[Verdict, str] = {Verdict.HOLDS: "", Verdict.FAILS: "Not so here: ", Verdict.UNDECIDED: "Undecided: "}
"""What stands before a sentence that says what a claim shows where it holds."""
AGREEING: Mapping[str, str] = {
    "optimisation": "The measurements agree with it: a deeper network that equals the shallow one can be built, and"
    " training does not find one as good.",
    "shattered": "The measurements agree with it: with depth, neighbouring gradients become unrelated in the plain"
    " network.",
    "identity": "The measurements agree with it: without normalisation a deep plain network learns when it begins as"
    " the identity.",
}
OFFERED = ("vanishing", *AGREEING)
HEADS: Mapping[str, str] = {
    "degradation/sweep": "Depth, plain and residual",
    "degradation/sweep/rates": "Four learning rates",
    "degradation/copy": "Branches that start at 0",
    "degradation/insert": "Inserted layers",
    "degradation/learn/start": "Learning to copy",
    "degradation/optimiser": "Three optimisers",
    "signal/blocks": "Gradients with a norm",
    "signal/blocks/no norm": "Gradients without a norm",
    "signal/factor": "A factor on the shortcut",
    "order/orders": "Norm after the addition",
    "lesion/damage": "A block removed",
    "lesion/paths": "Lengths of paths",
    "landscape/slices": "Slices of the loss",
    "inside/maps": "Growth of the stream",
    "shattered/gradients": "Neighbouring gradients",
    "refinement/blocks": "Heads after each block",
    "starts/grid": "Start as the identity",
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
        return HEADS[self.claim.name]

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
    return f"{counts[Bearing.FOR]} for, {counts[Bearing.AGAINST]} against"


def seen_of_counts(found: Sequence[Measured]) -> predict.Question | None:
    """Asks for which explanation most of the measurements speak."""
    values = {each.label: [Counter(one.bearing_on(each) for one in found)[Bearing.FOR]] for each in EXPLANATIONS}
    return seen.highest("survives.seen", "For which explanation do most of these measurements speak?", values)


QUESTION = predict.Question(
    "survives",
    "Here are four explanations of why a deep plain network does not train where a residual one does. Against which of"
    " them do the measurements in these labs speak?",
    tuple(each.label for each in EXPLANATIONS if each.name in OFFERED),
    OFFERED.index("vanishing"),
    text.Section("survives", "table_reveal"),
    {BY_NAME[name].label: sentence for name, sentence in AGREEING.items()},
    seen_of_counts,
    ("does not vanish",),
)


def _draw_table_part(_: Controls) -> None:
    predict.draw_question(QUESTION)
    if not predict.is_answered(QUESTION):
        return
    found = measured()
    st.html(table_html(found))
    csv_button(lambda: frame(found), "explanations.csv", "survives.csv")
    predict.draw_seen(QUESTION, found)
    for explanation in EXPLANATIONS:
        with st.expander(f"**{explanation.label}**: {counted(explanation, found)}"):
            st.markdown(details(explanation, found))


def table_html(found: Sequence[Measured]) -> str:
    """The table as HTML: a row for each explanation, a column for each measured claim, every cell a link."""
    heads = "".join(
        f'<th scope="col" title="{escape(each.claim.text)}"><span>{escape(each.head)}</span></th>' for each in found
    )
    rows = "".join(
        f'<tr><th scope="row" title="{escape(each.text)}">{escape(each.label)}</th>'
        f"{''.join(_cell(each, one) for one in found)}<td>{counted(each, found)}</td></tr>"
        for each in EXPLANATIONS
    )
    return (
        f'<div class="explanations"><table><thead><tr><th scope="col">Explanation</th>{heads}'
        f'<th scope="col">In all</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cell(explanation: Explanation, one: Measured) -> str:
    bearing, evidence = one.bearing_on(explanation), explanation.evidence_of(one.claim.name)
    words = f"{one.head}: {bearing.value}. {evidence.why if evidence else ''}".strip()
    return (
        f'<td class="{bearing.value}"><a href="{escape(one.link)}" target="_blank" title="{escape(words)}"'
        f' aria-label="{escape(words)}">{SIGNS[bearing]}</a></td>'
    )


def details(explanation: Explanation, found: Sequence[Measured]) -> str:
    """What the explanation says, and every measurement that bears on it with its numbers, as Markdown."""
    lines = [f"{explanation.text} ({explanation.source})", ""]
    for one in found:
        evidence = explanation.evidence_of(one.claim.name)
        if evidence is None:
            continue
        opening, numbers = ("", "Not measured yet.")
        if one.outcome is not None:
            opening, numbers = OPENINGS[one.outcome.verdict], f"{one.outcome.numbers} ({one.origin})"
        bearing = one.bearing_on(explanation).value
        lines.append(f"- **{bearing}**, [{one.head}]({one.link}): {opening}{evidence.why} {numbers}")
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
                "numbers": one.outcome.numbers if one.outcome else "",
                "from": one.origin,
            }
            for explanation in EXPLANATIONS
            for one in found
            if explanation.evidence_of(one.claim.name)
        ]
    )


LAB = Lab("survives", 14, "Which explanation survives?", (Part("table", "The table", _draw_table_part, ()),))
