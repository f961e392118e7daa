"""`dataset`: what is in a user's own folder or archive of pictures, before anything is trained on it."""

import argparse
import sys

from explorer.cli.commands import Command, print_json


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a folder of class folders, or a ZIP of one")
    parser.add_argument("--image-size", type=int, help="side in pixels to which the images are scaled")
    add_outer(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table")


def add_outer(parser: argparse.ArgumentParser) -> None:
    """Adds the answer to the question that names of folders leave open."""
    parser.add_argument(
        "--outer",
        choices=("parts", "classes"),
        help="what the outer folders are: the parts (train, test) or the classes (default: as their names say)",
    )


def _run(options: argparse.Namespace) -> int:
    from explorer.cli.data import read_report
    from explorer.datasets.image_report import class_table, question_text, summary, to_json, warning_lines

    report = read_report(options.path, options.image_size, options.outer or "")
    if options.format == "json":
        print_json(to_json(report))
        return 0
    print("\n".join((str(summary(report)), *class_table(report), *warning_lines(report))))
    if report.question:
        print(question_text(report.question), file=sys.stderr)
    return 0


DATASET_COMMANDS = (
    Command("dataset", "say what is in a folder or a ZIP of one's own pictures, before training", _options, _run),
)
