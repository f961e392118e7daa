"""Tables as values, and as text: for a terminal, as CSV, Markdown and LaTeX. Knows nothing of networks."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.language import Text, in_source
from explorer.model.ops import Shape
from explorer.outputs import formatting

LATEX_SPECIAL = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {"×": r"$\times$", "–": "--", "<": "$<$", "→": r"$\to$", "√": r"$\surd$"}
)


class Share(float):
    """A part of a whole, 0 to 1, written in per cent."""


class Ratio(float):
    """How many times another number, written as `× 1.35`."""


Cell = int | float | str | Shape | None
"""A count, a share, a word, a shape, or nothing."""


@dataclass(frozen=True)
class Table:
    """Headings, rows, and a last line with the sums; columns go by the keys that the command line knows.

    Title and labels are translated on pages; files have them in English.
    """

    title: Text
    keys: tuple[str, ...]
    labels: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] | None = None
    networks: tuple[str, ...] = ()
    """Keys of columns that are headed by a network's name, which no page writes otherwise."""


def with_columns(table: Table, keys: Sequence[str]) -> Table:
    """The table with some of its columns, in the order of `keys`."""
    places = [table.keys.index(key) for key in keys]
    rows = tuple(tuple(row[place] for place in places) for row in table.rows)
    totals = tuple(table.totals[place] for place in places) if table.totals else None
    labels = tuple(table.labels[place] for place in places)
    return replace(table, keys=tuple(keys), labels=labels, rows=rows, totals=totals)


def cell_text(cell: Cell) -> str:
    """A cell as people read it: `25,557,032`, `12.3 %`, `256 × 56 × 56`."""
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return formatting.shape(cell)
    if isinstance(cell, Share):
        return formatting.percent(cell)
    if isinstance(cell, Ratio):
        return formatting.ratio(cell, 1)
    if isinstance(cell, int):
        return formatting.whole(cell)
    return f"{cell:.4g}" if isinstance(cell, float) else cell


def raw(cell: Cell) -> str | int | float:
    """A cell as programs read it: plain numbers, `256x56x56`."""
    if isinstance(cell, tuple):
        return "x".join(map(str, cell))
    return "" if cell is None else cell


def to_text(table: Table) -> str:
    """Aligned columns, numbers to the right, for a terminal."""
    lines = [_headings(table), *([cell_text(cell) for cell in row] for row in table.rows)]
    if table.totals:
        lines.append([cell_text(cell) for cell in table.totals])
    widths = [max(len(line[place]) for line in lines) for place in range(len(table.labels))]
    numeric = _numeric(table)
    written = [
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    ]
    rule = "  ".join("-" * width for width in widths)
    written.insert(1, rule)
    if table.totals:
        written.insert(-1, rule)
    return "\n".join([in_source(table.title), "", *written]) + "\n"


def to_csv(table: Table) -> str:
    """Comma-separated values with the columns' keys as heading, without the line of sums."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.keys)
    writer.writerows([raw(cell) for cell in row] for row in table.rows)
    return file.getvalue()


def to_markdown(table: Table) -> str:
    """A GitHub table."""
    lines = [tuple(_headings(table)), tuple("---:" if right else "---" for right in _numeric(table))]
    lines += [tuple(cell_text(cell) for cell in row) for row in table.rows]
    if table.totals:
        lines.append(tuple(f"**{text}**" if (text := cell_text(cell)) else "" for cell in table.totals))
    return "".join(f"| {' | '.join(text.replace('|', chr(92) + '|') for text in line)} |\n" for line in lines)


def to_latex(table: Table) -> str:
    """A `tabular` with rules of the package booktabs."""
    places = "".join("r" if right else "l" for right in _numeric(table))
    body = [_latex_line([cell_text(cell) for cell in row]) for row in table.rows]
    foot = ["\\midrule", _latex_line([cell_text(cell) for cell in table.totals])] if table.totals else []
    lines = [f"\\begin{{tabular}}{{{places}}}", "\\toprule", _latex_line(_headings(table)), "\\midrule"]
    return "\n".join([*lines, *body, *foot, "\\bottomrule", "\\end{tabular}", ""])


FORMATS: Mapping[str, Callable[[Table], str]] = {
    "table": to_text,
    "csv": to_csv,
    "markdown": to_markdown,
    "latex": to_latex,
}
"""How a table can be written, by the name on the command line."""


def _headings(table: Table) -> list[str]:
    return [in_source(label) for label in table.labels]


def _latex_line(texts: list[str]) -> str:
    return " & ".join(text.translate(LATEX_SPECIAL) for text in texts) + r" \\"


def _numeric(table: Table) -> list[bool]:
    """For each column whether it is aligned to the right: it holds numbers, or nothing."""
    columns = zip(*table.rows, strict=True) if table.rows else [()] * len(table.labels)
    return [all(cell is None or isinstance(cell, int | float) for cell in column) for column in columns]
