"""The layout of generated text: calls on one line if they fit, else with the arguments below, and docstrings."""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.outputs.code.library import Signature, library

WIDTH = 100
"""Columns of a generated line."""

STEP = 4


@dataclass(frozen=True)
class Call:
    """`opening` arguments `closing`, such as `nn.Conv2d(`, ..., `)`; `sole`: the one argument takes no comma."""

    opening: str
    arguments: tuple["Doc", ...]
    closing: str = ")"
    sole: bool = False


@dataclass(frozen=True)
class Clauses:
    """A call and what follows it, `if ... else ...` or `for ... in ...`: on one line, or each on its own."""

    call: Call
    clauses: tuple[str, ...]


Doc = str | Call | Clauses


def flat(doc: Doc) -> str:
    """The text on one line."""
    match doc:
        case Call():
            return doc.opening + ", ".join(map(flat, doc.arguments)) + doc.closing
        case Clauses():
            return " ".join([flat(doc.call), *doc.clauses])
        case _:
            return doc


def fits(doc: Doc, indent: int) -> bool:
    """Whether the text fits on one line that starts at column `indent`."""
    return indent + len(flat(doc)) <= WIDTH


def lay_out(doc: Doc, indent: int, ending: str = "") -> list[str]:
    """The lines of a document at a column; `ending` follows its last character."""
    one = " " * indent + flat(doc) + ending
    if len(one) <= WIDTH or isinstance(doc, str):
        return [one]
    if isinstance(doc, Clauses):
        lines = [*lay_out(doc.call, indent), *(" " * indent + clause for clause in doc.clauses)]
        return [*lines[:-1], lines[-1] + ending]
    inner = indent + STEP
    below = " " * inner + ", ".join(map(flat, doc.arguments))
    if len(below) <= WIDTH:
        lines = [below]
    else:
        comma = "" if doc.sole else ","
        lines = [line for argument in doc.arguments for line in lay_out(argument, inner, comma)]
    return [" " * indent + doc.opening, *lines, " " * indent + doc.closing + ending]


def constructor(
    name: str, values: Mapping[str, Any], written: Mapping[str, str], signature: Signature | None = None
) -> Call:
    """`name(...)` with a field's text from `written`, else its constant; what equals the default is left out.

    `signature` is that of a generated class. A class that nobody knows has every argument written by name.
    """
    known = signature or library().signature(name)
    reference = name if signature else library().reference(name)
    arguments = []
    by_position = True
    for field, value in values.items():
        constant = json.dumps(value) if isinstance(value, str) else repr(value)
        text = written.get(field, constant)
        if known is not None and field in known.defaults:
            by_position = False
            if field not in written and value == known.defaults[field]:
                continue
        if signature is not None:
            by_position = field in signature.positional
        arguments.append(text if known is not None and by_position else f"{field}={text}")
    return Call(f"{reference}(", tuple(arguments))


def docstring(text: str, indent: int) -> list[str]:
    """A docstring and the empty line after it, wrapped; nothing for an empty text."""
    if not text:
        return []
    margin = " " * indent
    one = f'{margin}"""{text}"""'
    if len(one) <= WIDTH:
        return [one, ""]
    lines = wrap(text, indent + 3)
    return [f'{margin}"""{lines[0]}', *(margin + line for line in lines[1:]), f'{margin}"""', ""]


def wrap(text: str, indent: int = 0) -> list[str]:
    """The text in lines that fit; words are never broken."""
    return textwrap.wrap(text, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
