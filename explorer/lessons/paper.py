"""A lesson as files of their own: a handout to print, and slides. Both are one HTML page that fetches nothing."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

import segno

from explorer.classes.questions import CHOICE
from explorer.language import _
from explorer.language.catalogues import tag
from explorer.language.present import present
from explorer.lessons.blocks import markdown
from explorer.lessons.lesson import Lesson, OwnQuestion, Step

NOTHING_FETCHED = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
QR_SCALE = 4


@dataclass(frozen=True)
class StepPrint:
    """What a step's page gives to print: its link, and the drawings of its networks by what they show."""

    link: str
    pictures: Sequence[tuple[str, str]] = ()
    """Of each its description and its SVG."""


def handout(lesson: Lesson, prints: Sequence[StepPrint], *, for_teacher: bool = False) -> str:
    """The handout as HTML: texts, drawings, questions and tables to fill in, and a QR code of each step's link.

    The teacher's has the explanations and the notes, too.
    """
    steps = "".join(
        _handout_step(number, step, each, for_teacher)
        for number, (step, each) in enumerate(zip(lesson.steps, prints, strict=True), 1)
    )
    copy = f"<p><strong>{escape(_('For the teacher'))}</strong></p>" if for_teacher else ""
    return _page(lesson, "handout", f"<header><h1>{escape(lesson.title)}</h1>{copy}{_opening(lesson)}</header>{steps}")


def slides(lesson: Lesson, prints: Sequence[StepPrint]) -> str:
    """The slides as HTML, one for each step: arrow keys turn them, the explanation opens by a click."""
    link = prints[0].link if prints else ""
    first = f"<section><h1>{escape(lesson.title)}</h1>{_opening(lesson)}{_qr(link)}</section>"
    shown = (
        _slide(number, step, each) for number, (step, each) in enumerate(zip(lesson.steps, prints, strict=True), 1)
    )
    return _page(lesson, "slides", f"<main>{first}{''.join(shown)}</main><script>{_asset('slides.js')}</script>")


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _page(lesson: Lesson, kind: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{tag(present())}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{NOTHING_FETCHED}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(lesson.title)}</title><style>{_asset(f'{kind}.css')}</style></head><body>{body}</body></html>\n"
    )


def _opening(lesson: Lesson) -> str:
    minutes = _("{count} minutes").format(count=lesson.minutes)
    return f"{_html(lesson.introduction)}<p class='minutes'>{escape(minutes)}</p>"


def _head(number: int, step: Step) -> str:
    minutes = _("{count} minutes").format(count=step.minutes)
    small = f" <small>{escape(minutes)}</small>" if step.minutes else ""
    task = f"<p class='task'>{_inline(step.task)}</p>" if step.task else ""
    return f"<h2>{number}. {_inline(step.title)}{small}</h2>{task}"


def _handout_step(number: int, step: Step, printed: StepPrint, for_teacher: bool) -> str:
    parts = [_qr(printed.link), _head(number, step), _html(step.text), *map(_picture, printed.pictures)]
    if step.own is not None:
        parts.append(_question(step.own))
    parts.append(_html(step.paper))
    if for_teacher:
        parts += [f"<aside>{_html(text)}</aside>" for text in (step.reveal, step.notes) if text]
    return f"<section>{''.join(parts)}</section>"


def _slide(number: int, step: Step, printed: StepPrint) -> str:
    explained = f"<details><summary>{escape(_('Explanation'))}</summary>{_html(step.reveal)}</details>"
    parts = [_qr(printed.link), _head(number, step), _html(step.text)]
    if step.own is not None:
        parts.append(_question(step.own))
    return f"<section>{''.join(parts)}{explained if step.reveal else ''}</section>"


def _question(own: OwnQuestion) -> str:
    text = _html(str(own.asked.text))
    if own.asked.kind != CHOICE:
        return f"<div class='question'>{text}<p class='line'></p></div>"
    choices = "".join(f"<li>{_inline(str(option))}</li>" for option in own.asked.options)
    return f"<div class='question'>{text}<ul class='choices'>{choices}</ul></div>"


def _picture(picture: tuple[str, str]) -> str:
    description, svg = picture
    return (
        f"<figure><img alt='{escape(description)}' src='data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}'>"
        f"<figcaption>{escape(description)}</figcaption></figure>"
    )


def _qr(link: str) -> str:
    if not link:
        return ""
    code = segno.make(link, error="m").svg_data_uri(scale=QR_SCALE, border=2, light="#fff")
    return f"<figure class='code'><img alt='{escape(_('QR code of the link'))}' src=\"{code}\"></figure>"


def _html(text: str) -> str:
    return str(markdown().render(text))


def _inline(text: str) -> str:
    return str(markdown().renderInline(text))
