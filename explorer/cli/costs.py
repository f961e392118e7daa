"""`solve` and `sweep`: another shape at equal cost, and one setting taken through its values."""

import argparse
from collections.abc import Sequence

from explorer.analysis.equal_cost import COST_SETTINGS, HELD, CostSetting, Solution, solve_equal_cost
from explorer.cli.commands import MODEL, MOST_COMPARED, TABLE_FORMATS, Command, add_image_size, add_model, print_json
from explorer.cli.models import SHOWN, labels_of, load_model, with_image_size
from explorer.model import ModelSpec, SpecError
from explorer.model.link import to_link
from explorer.outputs.tables.sweep import (
    MOST_VALUES,
    Point,
    column_of,
    equal_cost_solutions,
    equal_cost_table,
    spread,
    sweep,
    sweep_table,
)
from explorer.outputs.tables.table import FORMATS

MOST_SOLVED = 64
"""Values of one `solve`."""

# solve ----------------------------------------------------------------------------------------------------------------


def _solve_options(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument("--hold", choices=tuple(HELD), default="params", help="the cost that stays (default: params)")
    parser.add_argument(
        "--turn", choices=tuple(COST_SETTINGS), default="cardinality", help="the setting that is changed"
    )
    parser.add_argument("--to", metavar="N,N,...", help="its values (default: usual ones)")
    parser.add_argument(
        "--for", dest="solved", choices=tuple(COST_SETTINGS), default="base_width", help="the setting solved for"
    )
    parser.add_argument("--format", choices=TABLE_FORMATS, default="table")


def _solve(options: argparse.Namespace) -> int:
    spec = with_image_size(load_model(options.model), options.image_size)
    turned, solved, held = options.turn, options.solved, options.hold
    if options.to is None:
        found: Sequence[tuple[int, Solution]] = equal_cost_solutions(spec, turned, solved, held)
    else:
        values = _values(options.to, COST_SETTINGS[turned])
        found = [(value, solve_equal_cost(spec, turned, value, solved, held)) for value in values]
    if not found:
        raise SpecError(turned, f"none of its usual values gives a network here for which {solved} can be solved.")
    if options.format == "json":
        rows = [{turned: value, solved: each.value} | _solution(each) for value, each in found]
        print_json({"spec": spec.to_dict(), "hold": held, "turn": turned, "for": solved, "solutions": rows})
    else:
        print(FORMATS[options.format](equal_cost_table(found, turned, solved, held)), end="")
    return 0


def _solution(found: Solution) -> dict[str, object]:
    cost = {"params": found.cost.params, "macs": found.cost.macs, "ratio": found.ratio}
    return cost | {"link": to_link(found.spec), "spec": found.spec.to_dict()}


def _values(text: str, setting: CostSetting) -> list[int]:
    """The whole numbers of `1,2,4`. Raises SpecError("to")."""
    parts = text.split(",")
    if len(parts) > MOST_SOLVED:
        raise SpecError("to", f"{len(parts)} values given; at most {MOST_SOLVED} are solved for at a time.")
    return [_whole("to", part, setting) for part in parts]


def _whole(name: str, text: str, setting: CostSetting) -> int:
    """A value of the setting, as typed. Raises SpecError, naming the option."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and setting.low <= int(digits) <= setting.high):
        allowed = f"a whole number from {setting.low:,} to {setting.high:,}"
        raise SpecError(name, f"{digits[:SHOWN]!r} is not {allowed} ({setting.label.lower()}).")
    return int(digits)


# sweep ----------------------------------------------------------------------------------------------------------------


def _sweep_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("models", nargs="+", metavar="MODEL", help=f"one or more, each {MODEL}")
    add_image_size(parser)
    parser.add_argument(
        "--turn", choices=tuple(COST_SETTINGS), default="cardinality", help="the setting that is changed"
    )
    about = f"(default: 1 to 64, as far as the setting goes; of more than {MOST_VALUES} values as many, evenly spread)"
    parser.add_argument("--from", dest="low", metavar="N", default="1", help="the first value")
    parser.add_argument("--to", dest="high", metavar="N", default="64", help=f"the last value {about}")
    parser.add_argument("--format", choices=TABLE_FORMATS, default="table")


def _sweep(options: argparse.Namespace) -> int:
    if len(options.models) > MOST_COMPARED:
        raise SpecError("models", f"{len(options.models)} given; sweep takes 1 to {MOST_COMPARED}.")
    setting = COST_SETTINGS[options.turn]
    low, high = _whole("from", options.low, setting), _whole("to", options.high, setting)
    if high < low:
        raise SpecError("to", f"{high} is less than --from {low}: nothing lies between.")
    specs = [with_image_size(load_model(text), options.image_size) for text in options.models]
    swept = [_swept(spec, options.turn, spread(low, high)) for spec in specs]
    names = labels_of(options.models)
    if options.format == "json":
        models = [
            {"model": name, "points": [_point(point, options.turn) for point in points]}
            for name, points in zip(names, swept, strict=True)
        ]
        print_json({"turn": options.turn, "models": models})
    else:
        print(FORMATS[options.format](sweep_table(names, swept, options.turn)), end="")
    return 0


def _swept(spec: ModelSpec, turned: str, values: Sequence[int]) -> tuple[Point, ...]:
    found = sweep(spec, turned, values)
    if not found:
        raise SpecError(turned, f"no value from {values[0]} to {values[-1]} gives a network.")
    return found


def _point(point: Point, turned: str) -> dict[str, object]:
    return {column_of(turned): point.value} | dict(point.amounts) | {"link": to_link(point.spec)}


COST_COMMANDS = (
    Command("solve", "hold a cost, change one setting, solve for another", _solve_options, _solve),
    Command("sweep", "take one setting through its values and count at each", _sweep_options, _sweep),
)
