"""The terms of the field: their definitions, and the links by which a text opens them where they stand.

A section of the glossary's file is one term: `Title: form, form`, and its definition.
"""

import re
from typing import NamedTuple

from explorer.language.present import kept_by_language
from explorer.ui.common.components import declare
from explorer.ui.common.texts import sections_of

CLOSED = r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|!?\[[^\]]*\]\([^)]*\)|\*\*[^*]*\*\*|^#.*?$|^\|.*?$|<[^>]*>"
"""Parts of Markdown in which no link is put: formulas, code, links, bold words, headings, tables, HTML."""
ADDRESS = "#term-"

_terms = declare("terms")


class Term(NamedTuple):
    """A term: the forms in which it stands in texts, and what it means, as plain text."""

    name: str
    title: str
    forms: tuple[str, ...]
    definition: str


@kept_by_language(maxsize=None)
def glossary() -> tuple[Term, ...]:
    """All terms, in alphabetical order."""
    terms = []
    for name, body in sections_of("glossary").items():
        line, definition = body.split("\n", 1)
        title, forms = line.split(": ", 1)
        terms.append(Term(name, title, tuple(forms.split(", ")), " ".join(definition.split())))
    return tuple(terms)


def with_terms(markdown: str) -> str:
    """The text with a link on the first place of each term outside formulas, code, links, bold words and headings."""
    linked: set[str] = set()

    def link(found: re.Match[str]) -> str:
        form = found["form"]
        name = form and _names()[form.lower()]
        if not name or name in linked:
            return found[0]
        linked.add(name)
        return f"[{form}]({ADDRESS}{name})"

    return _pattern().sub(link, markdown)


def draw_definitions() -> None:
    """Lets the links of `with_terms` open their definitions beside them; to be called by pages with such texts."""
    _terms(key="terms", data={term.name: [term.title, term.definition] for term in glossary()}, height=1)


@kept_by_language(maxsize=None)
def _names() -> dict[str, str]:
    return {form.lower(): term.name for term in glossary() for form in term.forms}


@kept_by_language(maxsize=None)
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_names(), key=len, reverse=True)
    forms = "|".join(map(re.escape, longest_first))
    return re.compile(rf"{CLOSED}|(?<![A-Za-z0-9_-])(?P<form>(?i:{forms}))(?![A-Za-z0-9_-])", re.MULTILINE | re.DOTALL)
