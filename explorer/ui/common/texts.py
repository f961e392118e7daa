"""Texts of the pages in Markdown files whose sections each begin with a line `<!-- name -->`."""

import re

from explorer.ui.common.paths import asset

LANGUAGE = "en"
HEAD = re.compile(r"^<!-- ([a-z_]+) -->$", re.MULTILINE)


def sections_of(file: str) -> dict[str, str]:
    """The sections of a file, given below the language's folder without `.md`, by name in their order."""
    _, *pieces = HEAD.split(asset(f"text/{LANGUAGE}/{file}.md"))
    return {name: body.strip() for name, body in zip(pieces[::2], pieces[1::2], strict=True)}
