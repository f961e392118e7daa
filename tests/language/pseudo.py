"""A made-up language: every text gets full-width letters, so a word in other letters has not been translated."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
from babel.messages.catalog import Catalog

from explorer.language.catalogues import MESSAGES
from scripts.messages import as_file, template

LANGUAGE = "eo"
"""A real language that the app does not have, since Babel has to know it."""
KEPT = re.compile(
    r"\{[^{}]*\}|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$|:material/\w+:|:[\w-]+\[|\]\([^)]*\)|</?\w[^>]*>|<!--.*?-->|&\w+;|https?:\S+|%[\w.]*",
    re.DOTALL,
)
"""What a translation leaves as it is: values, code, formulas, icons, addresses of links, HTML."""
WIDE = {code: code + 0xFEE0 for code in (*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1))}


def pseudo(text: str) -> str:
    """The text with full-width letters outside of what a translation keeps."""
    kept = KEPT.findall(text)
    parts = KEPT.split(text)
    ends = [*kept, ""]
    return "".join(part.translate(WIDE) + end for part, end in zip(parts, ends, strict=True))


def write_catalogue(folder: Path) -> None:
    """Writes the language's catalogue into `folder`."""
    catalog = Catalog(locale=LANGUAGE)
    for message in template():
        if message.id:
            forms = tuple(map(pseudo, message.id)) if isinstance(message.id, tuple) else pseudo(message.id)
            catalog.add(message.id, forms, context=message.context)
    file = folder / LANGUAGE / MESSAGES / "all.po"
    file.parent.mkdir(parents=True)
    file.write_bytes(as_file(catalog))


def write_texts(source: Path, folder: Path) -> None:
    """Writes the language's Markdown texts, made from those of `source`, into `folder`."""
    for path in source.rglob("*.md"):
        file = folder / path.relative_to(source)
        file.parent.mkdir(parents=True, exist_ok=True)
        # The key of a hint, and what stands before a term's forms, stay.
        lines = path.read_text(encoding="utf-8")
        if path.parent.name == "lessons" or path.stem == "lesson_template":
            written = "\n".join(map(_line_of_lesson, lines.split("\n")))
        else:
            written = re.sub(r"(?m)^(?!## )(.+(?:\n(?!## ).+)*)", lambda found: pseudo(found[0]), lines)
        file.write_text(written, "utf-8")


def _line_of_lesson(line: str) -> str:
    """The table of steps, headings of parts and kinds of answers are what lessons are read by: they stay."""
    if line.startswith("|"):
        cells = line.split("|")
        is_step = len(cells) == 7 and cells[1].strip().isdigit()
        return "|".join([*cells[:3], pseudo(cells[3]), *cells[4:]]) if is_step else line
    return line if line.startswith(("### ", "Answer: ")) else pseudo(line)


WORDS = re.compile(r"[A-Za-z][A-Za-z'’-]*[A-Za-z]")
SHOWN = {
    *("label", "body", "help", "placeholder", "content", "options", "title", "text", "alt", "caption", "value", "name"),
    *("description", "error_message"),
}
"""Fields of Streamlit's messages that a visitor reads."""
PAPER = r"[^|\n]*\[[^\]]*\]\(https://arxiv\.org[^)]*\)"
"""The authors and the title of a paper, in a cell of a table."""
MARKUP = re.compile(
    rf"Residual Explorer|{PAPER}|{KEPT.pattern}|<style>.*?</style>|https?://\S+|[\w.]*\.[a-z]+\b|#\w+|\b\w*[\d_]\w*\b|plain-(?=\d)",
    re.DOTALL,
)
"""What holds no words to translate: also endings of files, and what has digits, as `layer1.0` and `plain-20` have."""


def words(text: str, names: frozenset[str]) -> Iterator[str]:
    """The words of a text in Latin letters that are no names. A capital letter inside, as in ResNet, makes a name."""
    for found in WORDS.findall(MARKUP.sub(" ", text)):
        if found not in names and found[1:].islower():
            yield found


def texts_of(message: object) -> Iterator[str]:
    """What a visitor reads of a message of Streamlit's, with everything inside it."""
    for field, value in message.ListFields():  # type: ignore[attr-defined]
        if field.type == field.TYPE_MESSAGE:
            if field.message_type.GetOptions().map_entry:
                continue
            for each in [value] if hasattr(value, "ListFields") else value:
                yield from texts_of(each)
        elif field.type == field.TYPE_STRING and field.name in SHOWN:
            yield from [value] if isinstance(value, str) else value


def table_texts(frame: pd.DataFrame, columns: str) -> Iterator[str]:
    """The headings of a table with this configuration of its columns: a column that has no label shows its name."""
    config = json.loads(columns or "{}")
    for name in frame.columns:
        given = config.get(str(name), {})
        if given is not None and not given.get("hidden"):
            yield str(given.get("label") or name)
            yield str(given.get("help") or "")


def plotly_texts(spec: Mapping[str, object] | list[object], key: str = "") -> Iterator[str]:
    """Titles, names and hover texts of a chart."""
    if isinstance(spec, Mapping):
        for name, each in spec.items():
            yield from plotly_texts(each, name)  # type: ignore[arg-type]
    elif isinstance(spec, list):
        for each in spec:
            yield from plotly_texts(each, key)  # type: ignore[arg-type]
    elif isinstance(spec, str) and key in {"text", "name", "hovertemplate", "ticktext", "title"}:
        yield re.sub(r"%\{[^}]*\}", " ", spec)
