"""A made-up language: every text gets full-width letters, so a word in other letters has not been translated."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog

from explorer.language.catalogues import MESSAGES
from scripts.messages import as_file, template

LANGUAGE = "eo"
"""A real language that the app does not have, since Babel has to know it."""
KEPT = re.compile(
    r"\{[^{}]*\}|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$|:material/\w+:|:\w+\[|\]\([^)]*\)|</?\w[^>]*>|<!--.*?-->|&\w+;|https?:\S+|%[\w.]*",
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
        file.write_text(re.sub(r"(?m)^(?!## )(.+(?:\n(?!## ).+)*)", lambda found: pseudo(found[0]), lines), "utf-8")


WORDS = re.compile(r"[A-Za-z][A-Za-z'’-]*[A-Za-z]")
SHOWN = {
    *("label", "body", "help", "placeholder", "content", "options", "title", "text", "alt", "caption", "value", "name"),
    *("description", "error_message"),
}
"""Fields of Streamlit's messages that a visitor reads."""
PAPER = r"[^|\n]*\[[^\]]*\]\(https://arxiv\.org[^)]*\)"
"""The authors and the title of a paper, in a cell of a table."""
MARKUP = re.compile(
    rf"{PAPER}|{KEPT.pattern}|<style>.*?</style>|https?://\S+|[\w.]+\.(?:csv|md|py|zip)\b|#\w+", re.DOTALL
)


def words(text: str, names: frozenset[str]) -> Iterator[str]:
    """The words of a text in Latin letters that are no names."""
    for found in WORDS.findall(MARKUP.sub(" ", text)):
        if found not in names:
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
