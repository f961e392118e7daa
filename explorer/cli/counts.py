"""`find` and `conventions`: a known network by its count, and one network's cost as different counters report it."""

import argparse
from dataclasses import asdict

from explorer.analysis.conventions import reconcile
from explorer.analysis.lookup import QUANTITIES, find_by_count, read_count
from explorer.cli.commands import TABLE_FORMATS, Command, add_model, print_json
from explorer.cli.models import load_model, with_image_size
from explorer.model import PRESETS
from explorer.outputs.tables.conventions import conventions_table, counted_module, module_sentence
from explorer.outputs.tables.table import FORMATS, Table

# find -----------------------------------------------------------------------------------------------------------------


def _find_options(parser: argparse.ArgumentParser) -> None:
    words = ", ".join(f"{key}: {quantity.label}" for key, quantity in QUANTITIES.items())
    parser.add_argument("count", metavar="NUMBER", help="such as 25557032, 25,557,032 or 25.6M")
    parser.add_argument("--by", choices=tuple(QUANTITIES), help=f"what the number counts ({words}; default: any)")
    parser.add_argument("--format", choices=TABLE_FORMATS, default="table")


def _find(options: argparse.Namespace) -> int:
    count = read_count(options.count)
    found = find_by_count(count, options.by)
    if options.format == "json":
        networks = [match._asdict() | {"title": PRESETS[match.name].title} for match in found.matches]
        print_json({"number": count.number, "exact": found.exact, "networks": networks})
        return 0
    rows = tuple(
        (name, PRESETS[name].title, QUANTITIES[quantity].label, value, value - count.number)
        for name, quantity, value in found.matches
    )
    title = ("Known networks with {:,}" if found.exact else "None has {:,}; the nearest").format(count.number)
    keys = ("name", "title", "quantity", "value", "difference")
    labels = ("name", "network", "counted", "count", "difference")
    print(FORMATS[options.format](Table(title, keys, labels, rows)), end="")
    return 0


# conventions ----------------------------------------------------------------------------------------------------------


def _conventions_options(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument("--format", choices=TABLE_FORMATS, default="table")


def _conventions(options: argparse.Namespace) -> int:
    spec = with_image_size(load_model(options.model), options.image_size)
    module = counted_module(spec)
    conventions, sentence = reconcile(spec, module), module_sentence(spec, module)
    if options.format == "json":
        print_json([asdict(convention) | {"module": sentence} for convention in conventions])
        return 0
    print(FORMATS[options.format](conventions_table(conventions)), end="")
    if options.format == "table":
        print(f"\n{sentence}")
    return 0


COUNT_COMMANDS = (
    Command("find", "find a known network by a count of it", _find_options, _find),
    Command("conventions", "count a network's cost as papers and tools do", _conventions_options, _conventions),
)
