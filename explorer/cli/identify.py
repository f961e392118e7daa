"""`identify`: which network a file of weights is, in a process of its own. Raises ExchangeError."""

import argparse
from pathlib import Path

from explorer.cli.commands import Command, print_json


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="a file of weights; nothing of it is run")
    parser.add_argument(
        "--images",
        default="",
        metavar="NAME",
        help="also ask the values: a data set that the network may have been trained on, or `photographs`; takes"
        " some seconds",
    )
    parser.add_argument("--format", choices=("table", "json"), default="table")


def _run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 a network fits, 1 none does."""
    from explorer.jobs.identification import identify_file
    from explorer.outputs.identification import lines, to_dict

    found = identify_file(options.file, options.images)
    if options.format == "json":
        print_json(to_dict(found))
    else:
        print("\n".join(lines(found)))
    return 1 if found.grade == "unknown" else 0


IDENTIFY_COMMANDS = (Command("identify", "say which network a file of weights is, and what is open", _options, _run),)
