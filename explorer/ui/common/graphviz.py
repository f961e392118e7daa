"""Graphs laid out on the server by the `dot` program."""

import shutil
from functools import lru_cache

from explorer.outputs.drawing import render


@lru_cache(maxsize=64)
def laid_out(source: str) -> str | None:
    """The DOT text as SVG; None where `dot` is not installed."""
    return render(source, "svg").decode() if shutil.which("dot") else None
