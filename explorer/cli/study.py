"""`study`: a grid of networks, settings and seeds from a file in TOML, trained, continued and told."""

import argparse
from pathlib import Path

from explorer.cli.commands import Command

FORMATS = ("table", "json", "csv", "html")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="a TOML file, or a study that ships (default: list them)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what it will take, and start nothing")
    parser.add_argument("--yes", action="store_true", help="start without asking")
    parser.add_argument("--seeds", type=int, metavar="N", help="so many seeds in all; further ones are added")
    parser.add_argument("--again", action="store_true", help="train the runs that failed once more")
    parser.add_argument("--format", choices=FORMATS, default="table", help="csv has a line for each run")
    parser.add_argument("--report", metavar="FILE", type=Path, help="write the report, an HTML file")


def _study(options: argparse.Namespace) -> int:
    from explorer.cli.study_run import list_shipped, run_study

    return run_study(options) if options.file else list_shipped()


STUDY_COMMANDS = (Command("study", "train a grid of networks, settings and seeds", _options, _study),)
"""The commands of this module."""
