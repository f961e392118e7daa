"""What a test may ask of a sentence: the numbers in it, not its words, so that a better wording breaks no test."""

import re


def numbers(text: str) -> list[str]:
    """The numbers of a text in their order, as they are printed: `1,437`, `0.5`, `-3`."""
    return re.findall(r"(?<![\w.,-])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\w)", text)
