"""The commands that need no training: presets, describe, draw, compare, code."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.cli.models import labels_of, load_model, with_image_size
from explorer.model import PRESETS, SpecError, assemble

TABLE_FORMATS = ("table", "json", "csv", "markdown", "latex")
MODEL = "a preset's name, a JSON spec, or a file of one"
MOST_COMPARED = 12


@dataclass(frozen=True)
class Command:
    """A word of the command line: what it does, its options, and how it is run."""

    name: str
    help: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]

    def add(self, subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
        """Adds the command to the command line."""
        parser = subparsers.add_parser(self.name, help=self.help, description=self.help)
        self.add_options(parser)
        parser.set_defaults(run=self.run)


# presets --------------------------------------------------------------------------------------------------------------


def _presets_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("table", "json"), default="table", help="names, or objects with titles")


def _presets(options: argparse.Namespace) -> int:
    if options.format == "json":
        fields = ("name", "title", "family", "source")
        print_json([{field: getattr(entry, field) for field in fields} for entry in PRESETS.values()])
    else:
        print("\n".join(PRESETS))
    return 0


# describe -------------------------------------------------------------------------------------------------------------


def _describe_options(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument("--format", choices=TABLE_FORMATS, default="table")
    parser.add_argument(
        "--rows",
        choices=("stages", "blocks", "layers"),
        help="one table only (default: stages and layers; in CSV, layers)",
    )
    parser.add_argument("--columns", metavar="A,B,...", help="columns of the table that --rows names, or `all`")


def _describe(options: argparse.Namespace) -> int:
    spec = with_image_size(load_model(options.model), options.image_size)
    if options.format == "json":
        from explorer.outputs.describe import describe

        print_json(describe(spec))
        return 0
    from explorer.analysis.network import analyse
    from explorer.outputs.tables.network_tables import make_table, totals_table
    from explorer.outputs.tables.table import FORMATS

    analysis = analyse(assemble(spec))
    columns = _columns(options.columns, options.rows)
    kinds = [options.rows] if options.rows else ["layers"] if options.format == "csv" else ["stages", "layers"]
    tables = [make_table(analysis, kind, columns) for kind in kinds]
    if not options.rows and options.format != "csv":
        tables.insert(0, totals_table(analysis))
    print("\n".join(FORMATS[options.format](table) for table in tables), end="")
    return 0


def _columns(text: str | None, rows: str | None) -> Sequence[str]:
    """The columns asked for. Raises SpecError for an unknown one."""
    if text is None:
        return ()
    if rows is None:
        raise SpecError("columns", "say with --rows which table they are of: stages, blocks or layers.")
    from explorer.outputs.tables.network_tables import KINDS

    known, asked = KINDS[rows].columns, [name.strip() for name in text.split(",")]
    if asked == ["all"]:
        return tuple(known)
    for name in asked:
        if name not in known:
            raise SpecError("columns", f"there is no column {name[:40]!r}; {rows} have {', '.join(known)}.")
    return asked


# draw -----------------------------------------------------------------------------------------------------------------


def _draw_options(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument("--level", choices=("overview", "stage", "block", "op"), default="block")
    parser.add_argument("--format", choices=("dot", "svg", "png", "pdf"), help="default: by FILE's ending, else dot")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="default: standard output")


def _draw(options: argparse.Namespace) -> int:
    from explorer.outputs.drawing.picture_files import FORMATS, draw
    from explorer.outputs.palette import PALETTES

    ending = options.output.suffix.removeprefix(".").lower() if options.output else ""
    usual = "svg" if options.level == "overview" else "dot"
    file_format = options.format or (ending if ending in FORMATS else usual)
    graph = assemble(with_image_size(load_model(options.model), options.image_size))
    return _write(draw(graph, options.level, file_format, PALETTES[options.theme]), options.output, file_format)


def _write(picture: bytes, output: Path | None, file_format: str) -> int:
    """To the file, or to standard output unless that is a terminal that cannot show it."""
    if output is None:
        if file_format in {"png", "pdf"} and sys.stdout.isatty():
            raise SpecError("output", f"a {file_format} is no text for a terminal; name a file with -o FILE.")
        sys.stdout.buffer.write(picture)
        return 0
    try:
        output.write_bytes(picture)
    except OSError as error:
        raise SpecError("output", f"{output} cannot be written ({error.strerror}).") from error
    return 0


# compare --------------------------------------------------------------------------------------------------------------


def _compare_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("models", nargs="+", metavar="MODEL", help=f"two or more, each {MODEL}")
    add_image_size(parser)
    parser.add_argument("--format", choices=TABLE_FORMATS, default="table")


def _compare(options: argparse.Namespace) -> int:
    if not 2 <= len(options.models) <= MOST_COMPARED:
        raise SpecError("models", f"{len(options.models)} given; compare takes 2 to {MOST_COMPARED}.")
    from explorer.outputs.tables.comparison import compare, difference_tables, to_dict
    from explorer.outputs.tables.table import FORMATS

    specs = [with_image_size(load_model(text), options.image_size) for text in options.models]
    comparison = compare(list(zip(labels_of(options.models), specs, strict=True)))
    if options.format == "json":
        print_json(to_dict(comparison))
    else:
        print("\n".join(FORMATS[options.format](table) for table in difference_tables(comparison)), end="")
    return 0


# code -----------------------------------------------------------------------------------------------------------------


def _code(options: argparse.Namespace) -> int:
    from explorer.outputs.code import generate_code

    print(generate_code(with_image_size(load_model(options.model), options.image_size)), end="")
    return 0


# Shared ---------------------------------------------------------------------------------------------------------------


def add_model(parser: argparse.ArgumentParser) -> None:
    """Adds MODEL and --image-size."""
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    add_image_size(parser)


def add_image_size(parser: argparse.ArgumentParser) -> None:
    """Adds --image-size."""
    parser.add_argument("--image-size", metavar="N", help="side of the square input in pixels, or HEIGHTxWIDTH")


def print_error(message: str) -> None:
    """Prints a message as one line on standard error."""
    print(f"error: {' '.join(message.split())}", file=sys.stderr)


def print_json(value: object) -> None:
    """A value as indented JSON on standard output."""
    print(json.dumps(value, indent=2, allow_nan=False))


COMMANDS = (
    Command("presets", "list the known networks", _presets_options, _presets),
    Command("describe", "count a network: shapes, parameters, MACs, memory", _describe_options, _describe),
    Command("draw", "draw a network: overview, stages, blocks or ops", _draw_options, _draw),
    Command("compare", "show what differs between networks", _compare_options, _compare),
    Command("code", "print a network as a standalone PyTorch file", add_model, _code),
)
"""The commands of this module."""
