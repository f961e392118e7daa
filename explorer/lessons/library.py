"""Where lessons lie: those that ship, a folder of the server's, and those that visitors have dropped.

A dropped lesson is private by its name, a part of its content's hash, which a link carries.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from explorer.jobs.paths import data_directory, data_place
from explorer.language import sentence
from explorer.lessons.lesson import NAME
from explorer.lessons.parser import MOST_CHARACTERS

FOLDER_VARIABLE = "RESIDUAL_EXPLORER_LESSONS"
MOST_BYTES = 4 * MOST_CHARACTERS
MOST_IN_FOLDER, MOST_DROPPED = 100, 500
HASH_DIGITS = 12


class LessonFileError(ValueError):
    """A file that is no lesson; its text is a sentence."""


def lesson_files(shipped: Sequence[Path]) -> Mapping[str, Path]:
    """The lessons that everybody is offered, by name: those in the folders `shipped`, and those of the server's folder.

    Of lessons with the same name the server's counts, else that of the first folder. What cannot be read has none.
    """
    own = os.environ.get(FOLDER_VARIABLE)
    folders = [*reversed(shipped), *([Path(own)] if own else [])]
    return {path.stem: path for folder in folders for path in _markdown_files(folder)}


def _markdown_files(folder: Path) -> Sequence[Path]:
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".md" and NAME.fullmatch(path.stem))
    except OSError:
        return ()
    return found[:MOST_IN_FOLDER]


def lesson_text(name: str, shipped: Sequence[Path]) -> str | None:
    """The text of a lesson that ships, is in the server's folder or was dropped; None where there is none."""
    if not NAME.fullmatch(name):
        return None
    path = lesson_files(shipped).get(name) or _dropped_folder(data_place()) / f"{name}.md"
    try:
        with path.open("rb") as file:
            return decoded(file.read(MOST_BYTES + 1))
    except (OSError, LessonFileError):
        return None


def decoded(content: bytes) -> str:
    """The text of a file. Raises LessonFileError for one that is too large or no text."""
    if len(content) > MOST_BYTES:
        told = sentence(
            "The file is larger than {most:,} KB, the most that a lesson may have.", most=MOST_BYTES // 1000
        )
        raise LessonFileError(told)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LessonFileError(sentence("The file is no text in UTF-8. Save the lesson as Markdown in UTF-8.")) from None
    if "\0" in text:
        raise LessonFileError(sentence("The file is no text: it has zero bytes."))
    return text


def keep_lesson(text: str) -> str:
    """Stores a dropped lesson and returns its name. The one that was dropped longest ago makes room.

    Raises StoreError where the data folder cannot be written.
    """
    name = hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]
    folder = _dropped_folder(data_directory())
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.md"
    others = sorted((each for each in folder.glob("*.md") if each != path), key=lambda each: each.stat().st_mtime)
    for each in others[: max(0, len(others) - MOST_DROPPED + 1)]:
        each.unlink(missing_ok=True)
    half_written = folder / f"{name}.{os.getpid()}.part"
    half_written.write_text(text, encoding="utf-8")
    half_written.replace(path)
    return name


def _dropped_folder(data: Path) -> Path:
    return data / "lessons"
