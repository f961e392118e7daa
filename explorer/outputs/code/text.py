"""Running text in generated files."""

import textwrap

from explorer.outputs.code.layout import WIDTH


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
