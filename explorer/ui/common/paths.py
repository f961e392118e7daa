"""Folders and files of the interface."""

from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
ASSETS = ROOT / "assets"
PAGES = ROOT / "pages"


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """The text of a file in `assets/`."""
    return (ASSETS / name).read_text(encoding="utf-8")
