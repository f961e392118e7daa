"""`find` and `conventions`: a known network by its count, and one network's cost as different counters report it."""

import argparse
from dataclasses import asdict

from explorer.analysis.conventions import reconcile
from explorer.analysis.lookup import QUANTITIES, find_by_count
from explorer.cli.commands import TABLE_FORMATS, Command, add_model, print_json
from explorer.cli.models import SHOWN, load_model, with_image_size
from explorer.model import PRESETS, SpecError
from explorer.outputs.tables.conventions import conventions_table
from explorer.outputs.tables.table import FORMATS, Table

MOST_DIGITS = 15

# find -----------------------------------------------------------------------------------------------------------------


def _find_options(parser: argparse.ArgumentParser) -> None:
    words = ", ".join(f"{key}: {quantity.label}" for key, quantity in QUANTITIES.items())
    parser.add_argument("count", metavar="NUMBER", help="such as 25557032 or 25,557,032")
    parser.add_argument("--by", choices=tuple(QUANTITIES), help=f"what the number counts ({words}; default: any)")
    parser.add_argument("--format", choices=TABLE_FORMATS, default="table")


def _find(options: argparse.Namespace) -> int:
    number = _count(options.count)
    matches = find_by_count(number, options.by)
    if options.format == "json":
        networks = [match._asdict() | {"title": PRESETS[match.name].title} for match in matches]
        print_json({"number": number, "exact": matches[0].value == number, "networks": networks})
        return 0
    rows = tuple(
        (match.name, PRESETS[match.name].title, QUANTITIES[match.quantity].label, match.value, match.value - number)
        for match in matches
    )
    title = f"Known networks with {number:,}" if matches[0].value == number else f"None has {number:,}; the nearest"
    keys = ("name", "title", "quantity", "value", "difference")
    labels = ("name", "network", "counted", "count", "difference")
    print(FORMATS[options.format](Table(title, keys, labels, rows)), end="")
    return 0


def _count(text: str) -> int:
    """A number as people write it. Raises SpecError("count")."""
    digits = text.translate({ord(mark): None for mark in ",_' "})
    if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS and int(digits) > 0:
        return int(digits)
    raise SpecError(
        "count", f"{text[:SHOWN]!r} is not a whole number above 0 of at most {MOST_DIGITS} digits; write 25557032."
    )


# conventions ----------------------------------------------------------------------------------------------------------


def _conventions_options(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument("--format", choices=TABLE_FORMATS, default="table")


def _conventions(options: argparse.Namespace) -> int:
    conventions = reconcile(with_image_size(load_model(options.model), options.image_size))
    if options.format == "json":
        print_json([asdict(convention) for convention in conventions])
        return 0
    print(FORMATS[options.format](conventions_table(conventions)), end="")
    return 0


COUNT_COMMANDS = (
    Command("find", "find a known network by a count of it", _find_options, _find),
    Command("conventions", "count a network's cost as papers and tools do", _conventions_options, _conventions),
)
