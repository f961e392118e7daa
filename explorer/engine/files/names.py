"""The order of names with numbers in them."""

import re


def natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts names with the numbers in them by size: `layer1.10` after `layer1.9`."""
    return [(int(part), "") if part.isdecimal() and len(part) < 20 else (-1, part) for part in re.split(r"(\d+)", name)]
