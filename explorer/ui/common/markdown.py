"""Visitors' texts within Markdown."""


def escaped(line: str) -> str:
    """The text with Markdown's characters escaped: a name or an answer may contain them."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]()<>#+!|$:~" else char for char in line)
