"""Lays out calls as the common formatters do: on one line if it fits, else the arguments below."""

from dataclasses import dataclass

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
