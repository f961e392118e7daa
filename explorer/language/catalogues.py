"""Which languages there are, and their catalogues: gettext's `.po` files, compiled in memory at their first use.

A language has one file for each room of the house, so that a change of one room is a change of one file.
"""

import re
from collections.abc import Iterable
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

SOURCE = "en"
"""The language of the texts in the sources, which has no catalogue."""
FOLDER = Path(__file__).parents[2] / "assets" / "locale"
MESSAGES = "LC_MESSAGES"
OWN_NAME, NAME_CONTEXT = "English", "the name of this language, in this language"
"""The message by which each catalogue names its language, and its context."""


def tag(language: str) -> str:
    """The language as addresses and browsers write it (BCP 47): `zh_CN` is `zh-CN`."""
    return language.replace("_", "-")


@cache
def languages() -> dict[str, str]:
    """What each language calls itself, by the name of its folder; English, that of the sources, comes first."""
    names = sorted(path.parent.name for path in FOLDER.glob(f"*/{MESSAGES}"))
    return {SOURCE: OWN_NAME} | {name: _own_name(name) for name in names}


def files_of(language: str) -> list[Path]:
    """The files of a language's catalogue, in the order of their names."""
    return sorted((FOLDER / language / MESSAGES).glob("*.po"))


def _own_name(language: str) -> str:
    """Read without the rest, which takes a hundred times longer; the folder's name where no file says it."""
    message = re.compile(rf'msgctxt "{NAME_CONTEXT}"\nmsgid "{OWN_NAME}"\nmsgstr "(.+)"')
    found = (message.search(file.read_text(encoding="utf-8")) for file in files_of(language))
    return next((name[1] for name in found if name), language)


def best(wanted: Iterable[object]) -> str | None:
    """The language that fits the first of the wanted tags that any fits: the same one, or one with the same first part.

    None where none fits, as nothing does that is no text; `zh` and `zh-Hans-CN` both give `zh_CN`.
    """
    for each in wanted:
        parts = re.split("[-_]", each.lower()) if isinstance(each, str) else [""]
        fitting = [name for name in languages() if name.lower().split("_")[0] == parts[0]]
        exact = [name for name in fitting if name.lower().split("_") == parts]
        if fitting:
            return (exact or fitting)[0]
    return None


def read(language: str) -> "Catalog":
    """The whole catalogue of a language, as Babel has it; an empty one where the language has no folder."""
    # Babel is imported here since processes that speak English alone do not need it.
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    whole = Catalog(locale=language)
    for path in files_of(language):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    whole[message.id] = message
    return whole


@cache
def catalogue(language: str) -> GNUTranslations:
    """The compiled catalogue of a language that is not that of the sources."""
    from babel.messages.mofile import write_mo

    compiled = BytesIO()
    write_mo(compiled, read(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
