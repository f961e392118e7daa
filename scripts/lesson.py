"""Checks a lesson, and writes its handout and slides: `python -m scripts.lesson FILE --handout out.html`."""

import argparse
import sys
from pathlib import Path

from explorer.lessons.library import LessonFileError, decoded
from explorer.lessons.paper import handout, slides
from explorer.lessons.parser import read_lesson
from explorer.ui.lessons.prints import prints_of
from explorer.ui.lessons.tables import AppTables


def main(arguments: list[str]) -> int:
    """Prints every fault with its line; returns 1 where there are faults, 2 where the file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m scripts.lesson", description=__doc__)
    parser.add_argument("file", type=Path, help="the lesson, a Markdown file")
    parser.add_argument("--address", default="http://localhost:8501", help="the server that the QR codes open")
    for name in ("handout", "teacher", "slides"):
        parser.add_argument(f"--{name}", type=Path, metavar="HTML", help=f"where the {name}'s page is written")
    given = parser.parse_args(arguments)
    try:
        found = read_lesson(given.file.stem, decoded(given.file.read_bytes()), AppTables())
    except (OSError, LessonFileError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    lesson, prints = found.lesson, prints_of(found.lesson, given.address.rstrip("/"))
    for fault in found.faults:
        sys.stdout.write(f"{given.file}:{fault.line}: {fault.message}\n")
    counts = f"{lesson.minutes} minutes, {len(lesson.steps)} steps, {len(found.faults)} faults"
    sys.stdout.write(f"{lesson.title}: {counts}\n")
    for path, page in (
        (given.handout, handout(lesson, prints)),
        (given.teacher, handout(lesson, prints, for_teacher=True)),
        (given.slides, slides(lesson, prints)),
    ):
        if path:
            path.write_text(page, encoding="utf-8")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
