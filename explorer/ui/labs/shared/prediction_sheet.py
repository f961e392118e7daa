"""The score of a visitor's predictions, and the sheet of all of them: on the page, and as HTML to print."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

import streamlit as st

from explorer.language import N_, _, pgettext, present, told
from explorer.language.catalogues import tag
from explorer.ui.common.downloads import download_button
from explorer.ui.labs.shared import answers
from explorer.ui.labs.shared.predict import all_is_drawn
from explorer.ui.labs.shared.questions import SEEN, Answer

TITLE = N_("Your predictions")
NONE_YET = N_(
    "Each lab begins with a question. Your answers are collected here, with what you saw, as a sheet to print."
)
STYLE = """
body { font: 11pt/1.45 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #111; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
section { border-top: 1px solid #999; padding: .6rem 0; break-inside: avoid; }
h2 { font-size: 1.05rem; margin: 0 0 .3rem; }
dl { display: grid; grid-template-columns: 9.5rem 1fr; gap: .15rem .8rem; margin: .4rem 0 0; }
dt { color: #444; } dd { margin: 0; }
.place, .name { color: #444; }
@page { margin: 18mm; }
@media print { body { margin: 0; max-width: none; padding: 0; } button { display: none; } }
"""


@dataclass(frozen=True)
class Entry:
    """A prediction, and the answer to the second question, where it was given."""

    prediction: Answer
    report: Answer | None = None

    def lines(self) -> dict[str, str]:
        """What the sheet says below the question, as Markdown by its label."""
        question = self.prediction.question
        answer = self.prediction.text
        if self.prediction.is_given:
            answer = (_("{answer} (right)") if self.prediction.is_right else _("{answer} (wrong)")).format(
                answer=answer
            )
        found = {
            _("Your prediction"): answer,
            pgettext("the right answer", "Right"): told(question.options[question.right]),
            _("Why"): told(question.reveal),
        }
        if self.prediction.why_not:
            found[_("Why not yours")] = self.prediction.why_not
        if self.report is not None:
            second = self.report.question
            found[_("Then asked")] = told(second.text)
            found[_("You saw")] = self.report.text
            found[_("Was to be seen")] = f"{told(second.options[second.right])} {told(second.reveal)}"
        return found


def entries(given: Mapping[str, Answer]) -> list[Entry]:
    """The predictions in the order in which they were given, each with its second answer."""
    return [Entry(each, given.get(name + SEEN)) for name, each in given.items() if not name.endswith(SEEN)]


def score(found: Sequence[Entry]) -> str:
    """How many of the predictions were right, such as `Your predictions: 3 of 7 right`; skipped ones do not count."""
    made = [entry for entry in found if entry.prediction.is_given]
    if not made:
        return _(TITLE)
    right = sum(entry.prediction.is_right for entry in made)
    return _("Your predictions: {right} of {count} right").format(right=right, count=len(made))


def draw_score() -> None:
    """A button with the score that opens the sheet, with the file to print."""
    found = entries(answers.own_answers())
    all_is_drawn()
    with st.popover(score(found), icon=":material/fact_check:", key="predictions", width="content"):
        if not found:
            st.markdown(_(NONE_YET))
            return
        with st.container(horizontal=True):
            looks = {"icon": ":material/print:", "help": _(PRINT_HELP)}
            download_button(_("Print"), lambda: sheet_html(found), "predictions.html", "predictions.print", **looks)
            st.button(_("Forget my answers"), key="predictions.forget", type="tertiary", on_click=answers.forget)
        for entry in found:
            st.markdown(f"**{told(entry.prediction.question.text)}**")
            st.markdown("\n".join(f"- *{label}*: {_one_line(said)}" for label, said in entry.lines().items()))


PRINT_HELP = N_("The sheet as one HTML file: open it in a browser and print it.")


def sheet_html(found: Sequence[Entry], today: date | None = None) -> str:
    """The sheet as an HTML page of its own, without references to other files."""
    when = (today or datetime.now().astimezone().date()).isoformat()
    name, print_it = _("Name:"), _("Print")
    parts = [
        f"<h1>{escape(score(found))}</h1>",
        f'<p class="name">{when} · {escape(name)} ______________________</p>',
        f'<button onclick="print()">{escape(print_it)}</button>',
    ]
    for number, entry in enumerate(found, 1):
        lines = "".join(f"<dt>{escape(label)}</dt><dd>{as_html(said)}</dd>" for label, said in entry.lines().items())
        place = f'<div class="place">{escape(entry.prediction.place)}</div>' if entry.prediction.place else ""
        text = as_html(told(entry.prediction.question.text))
        parts.append(f"<section>{place}<h2>{number}. {text}</h2><dl>{lines}</dl></section>")
    return (
        f'<!doctype html><html lang="{tag(present())}"><head><meta charset="utf-8"><title>{escape(_(TITLE))}</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _one_line(markdown: str) -> str:
    return " ".join(markdown.split())


def as_html(markdown: str) -> str:
    """The little Markdown of questions as HTML: bold, links as their text, simple formulas with powers and indices."""
    html = escape(_one_line(markdown), quote=False)
    html = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", html)
    html = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html)
    html = re.sub(r"(?<!\*)\*([^*]+)\*(?!\*)", r"<i>\1</i>", html)
    return re.sub(r"\${1,2}(.+?)\${1,2}", lambda found: f"<i>{_formula(found[1])}</i>", html)


SIGNS = {r"\cdot": "·", r"\times": "×", r"\lambda": "λ", r"\,": " ", r"\ln": "ln ", "{,}": ","}


def _formula(latex: str) -> str:
    for sign, shown in SIGNS.items():
        latex = latex.replace(sign, shown)
    latex = re.sub(r"\^\{([^}]*)\}|\^(\w)", lambda found: f"<sup>{found[1] or found[2]}</sup>", latex)
    latex = re.sub(r"_\{([^}]*)\}|_(\w)", lambda found: f"<sub>{found[1] or found[2]}</sub>", latex)
    return latex.strip()
