"""Texts of the pages in Markdown files by language; sections of a file each begin with a line `<!-- name -->`."""

import re

from explorer.language.catalogues import SOURCE
from explorer.language.present import kept_by_language, present
from explorer.ui.common.paths import ASSETS

HEAD = re.compile(r"^<!-- ([a-z_]+) -->$", re.MULTILINE)
FOLDER = ASSETS / "text"


@kept_by_language(maxsize=None)
def text_of(file: str) -> str:
    """The Markdown of a file, given below the language's folder without `.md`; English where the language has none."""
    paths = (FOLDER / language / f"{file}.md" for language in (present(), SOURCE))
    return next(path.read_text(encoding="utf-8") for path in paths if path.is_file())


@kept_by_language(maxsize=None)
def sections_of(file: str) -> dict[str, str]:
    """The sections of a file, given as for `text_of`, by name in their order."""
    _, *pieces = HEAD.split(text_of(file))
    return {name: body.strip() for name, body in zip(pieces[::2], pieces[1::2], strict=True)}
