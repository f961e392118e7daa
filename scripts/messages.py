"""Collects the texts of the sources into the catalogues: `python -m scripts.messages`.

Adds what is new to each catalogue of `assets/locale`, drops what is gone, and says what is not translated. A new
language is a folder with an empty catalogue: `python -m scripts.messages zh_CN` makes it.
"""

import ast
import csv
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from explorer.language.catalogues import FOLDER, MESSAGES, NAME_CONTEXT, OWN_NAME, files_of, read

ROOT = Path(__file__).parents[1]
KEYWORDS: Mapping[str, tuple[int, ...]] = {
    "_": (0,),
    "N_": (0,),
    "sentence": (0,),
    "ngettext": (0, 1),
    "counted": (0, 1),
    "pgettext": (1,),
}
"""Functions of `explorer.language` whose texts are collected, and which of their arguments are texts.

`pgettext` has the context first.
"""
FOLDERS = ("explorer", "pages")
REMARK = "remark"
"""The column of the printed figures (`explorer/analysis/published/*.csv`) whose cells are texts."""
WIDTH = 110


def template() -> Catalog:
    """All texts of the sources, each with the files in which it stands."""
    catalog = Catalog(project="Residual Explorer", charset="utf-8")
    catalog.add(OWN_NAME, context=NAME_CONTEXT, user_comments=["What the menu of languages shows"])
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        for text, context in texts_of(path):
            # Without line numbers: a change above a text is no change of the catalogue.
            catalog.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)], context=context)
    for path in sorted((ROOT / "explorer" / "analysis" / "published").glob("*.csv")):
        for text in remarks_of(path):
            catalog.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalog


def remarks_of(path: Path) -> Iterator[str]:
    """The remarks beside printed figures, in their order."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from filter(None, (row[REMARK] for row in csv.DictReader(file)))


def texts_of(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """The marked texts of a source in their order, each with its context; also those inside f-strings.

    What is made from parts at the call is none of them.
    """
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        given = [each.value if isinstance(each, ast.Constant) else None for each in call.args]
        found = [given[place] for place in KEYWORDS.get(name, ()) if place < len(given)]
        if found and all(isinstance(each, str) and each for each in found):
            yield found[0] if len(found) == 1 else tuple(found), given[0] if name == "pgettext" else None


def room_of(message: Message) -> str:
    """The room in whose file a message stands: that of the first source that has it; `ui.build`, `model`, `pages`."""
    folders = Path(message.locations[0][0]).parent.parts if message.locations else ("explorer", "ui")
    return ".".join(folders[1:3] if folders[1:2] == ("ui",) else folders[1:2] or folders)


def by_room(known: Catalog, texts: Catalog) -> dict[str, Catalog]:
    """The catalogue's files by room, with the messages of `texts`: those that are known keep their translation."""
    rooms: dict[str, Catalog] = {}
    for message in sorted((each for each in texts if each.id), key=lambda each: each.locations[:1]):
        catalog = rooms.setdefault(room_of(message), Catalog(locale=known.locale, charset="utf-8", fuzzy=False))
        there = known.get(message.id, message.context)
        catalog.add(
            message.id,
            there.string if there else None,
            locations=message.locations[:1],
            context=message.context,
            user_comments=message.user_comments,
        )
    return rooms


def untranslated(catalog: Catalog) -> Iterator[Message]:
    """The messages that have no translation, or not every plural form."""
    for message in catalog:
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and not all(forms):
            yield message


def as_file(catalog: Catalog) -> bytes:
    """The file of a catalogue, without dates and line numbers: equal catalogues are equal files."""
    head = f"Content-Type: text/plain; charset=utf-8\\nPlural-Forms: {catalog.plural_forms}\\n"
    file = BytesIO()
    write_po(file, catalog, width=WIDTH, omit_header=True, include_lineno=False, ignore_obsolete=True)
    return f'msgid ""\nmsgstr "{head}"\n\n'.encode() + file.getvalue()


def files(language: str, texts: Catalog) -> dict[Path, bytes]:
    """What the files of a language have to hold."""
    folder = FOLDER / language / MESSAGES
    return {folder / f"{room}.po": as_file(catalog) for room, catalog in by_room(read(language), texts).items()}


def main(languages: list[str]) -> None:
    """Updates the catalogues of these languages and of all that there are, and prints what is missing."""
    texts = template()
    there = [path.parent.name for path in FOLDER.glob(f"*/{MESSAGES}")]
    for language in sorted({*there, *languages}):
        wanted = files(language, texts)
        for path in files_of(language):
            if path not in wanted:
                path.unlink()
        for path, content in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        missing = list(untranslated(read(language)))
        print(f"{language}: {len(texts)} messages, {len(missing)} not translated")
        for message in missing:
            print(f"  {room_of(message)}: {message.id!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
