"""A Markdown text in blocks with lines: headings, the first table, and the text between headings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

DEEPEST = 20
"""Nested lists and quotes that are read as such."""


@cache
def markdown() -> MarkdownIt:
    """Renders Markdown with tables. HTML is shown as text; links that run scripts, and pictures, stay text."""
    return MarkdownIt("js-default", {"maxNesting": DEEPEST, "linkify": False}).disable("image")


@cache
def _block_parser() -> MarkdownIt:
    """Reads blocks and leaves what stands in them: a hostile text costs no time."""
    return MarkdownIt("js-default", {"maxNesting": DEEPEST, "linkify": False}).disable("inline")


@dataclass(frozen=True)
class Row:
    """A row of a table: the texts of its cells, and its line."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Heading:
    """A heading with the source of what follows it, up to the next heading that is not lower than `level`."""

    level: int
    text: str
    line: int
    body: str
    body_line: int


@dataclass(frozen=True)
class Document:
    """A text's headings in order, and the rows of the first table that stands on the outermost level."""

    headings: tuple[Heading, ...]
    table: tuple[Row, ...]
    table_line: int
    """The line of the first table, 0 without one."""
    lines: tuple[str, ...]


def document_of(text: str) -> Document:
    """The blocks of a Markdown text. Never raises."""
    lines = tuple(text.split("\n"))
    tokens = _block_parser().parse(text)
    table, line = _first_table(tokens)
    return Document(_headings(tokens, lines), table, line, lines)


def _headings(tokens: Sequence[Token], lines: Sequence[str]) -> tuple[Heading, ...]:
    places: list[tuple[int, str, int, int]] = []
    for number, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            places.append((int(token.tag[1:]), tokens[number + 1].content.strip(), token.map[0], token.map[1]))
    found = []
    for number, (level, text, first, after) in enumerate(places):
        end = next((line for other, _, line, _ in places[number + 1 :] if other <= level), len(lines))
        found.append(Heading(level, text, first + 1, "\n".join(lines[after:end]).rstrip(), after + 1))
    return tuple(found)


def _first_table(tokens: Sequence[Token]) -> tuple[tuple[Row, ...], int]:
    start = next((n for n, token in enumerate(tokens) if token.type == "table_open" and token.level == 0), None)
    if start is None:
        return (), 0
    rows: list[Row] = []
    cells: list[str] = []
    line = 0
    for token in tokens[start:]:
        if token.type == "tr_open":
            cells, line = [], (token.map or [0])[0] + 1
        elif token.type == "inline":
            cells.append(token.content.strip())
        elif token.type == "tr_close":
            rows.append(Row(line, tuple(cells)))
        elif token.type == "table_close":
            break
    return tuple(rows), (tokens[start].map or [0])[0] + 1
