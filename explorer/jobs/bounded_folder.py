"""A folder of small files that stays bounded: each is there in one piece or not at all, the oldest make room."""

import os
from pathlib import Path


def keep_file(place: Path, text: str, most: int) -> None:
    """Writes a file, and removes the oldest of its kind beside it down to `most`. Raises OSError: the disk is full."""
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(f".{os.getpid()}.part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(place)
    for old in oldest_first(place.parent, place.suffix)[:-most]:
        old.unlink()


def oldest_first(folder: Path, suffix: str) -> list[Path]:
    """The files of a kind, by the time they were written."""
    return sorted(folder.glob(f"*{suffix}"), key=lambda each: each.stat().st_mtime)
