"""A folder with a bounded number of small files: each is complete or absent, and the oldest are removed first."""

import os
from pathlib import Path


def keep_file(place: Path, text: str, most: int) -> None:
    """Writes a file, and keeps the newest `most` files with its ending. Raises OSError where the disk is full."""
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(f".{os.getpid()}.part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(place)
    for old in oldest_first(place.parent, place.suffix)[:-most]:
        old.unlink()


def oldest_first(folder: Path, suffix: str) -> list[Path]:
    """The files that end in `suffix`, by the time they were written."""
    return sorted(folder.glob(f"*{suffix}"), key=lambda each: each.stat().st_mtime)
