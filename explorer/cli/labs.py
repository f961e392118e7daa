"""`labs`: the textbook claims that the labs test, and a check of them at the defaults of the pages."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from explorer.cli.commands import Command, print_json
from explorer.jobs.codec import to_line
from explorer.jobs.errors import SettingsError

if TYPE_CHECKING:
    from explorer.experiments.claims import Claim
    from explorer.experiments.claims.check import Checked

NOT_AS_DECLARED = 1


def _labs_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="compute each at its page's defaults with fresh seeds")
    parser.add_argument(
        "--lab", metavar="NAME", nargs="+", action="extend", help="claims whose names begin so, such as signal"
    )
    parser.add_argument("--seeds", metavar="N", type=int, default=3, help="fresh seeds (default: 3)")
    parser.add_argument("--format", choices=("table", "json"), default="table")


def _labs(options: argparse.Namespace) -> int:
    from explorer.experiments.claims import check as checks

    claims = _chosen(options.lab)
    if not options.check:
        rows = [declaration(claim) for claim in claims]
        return _print(rows, options.format, "Claims of the labs, and what their defaults are declared to show")
    found, computing = [], checks.Computed(checks.compute)
    for claim in claims:
        print(f"{claim.name} ...", file=sys.stderr, flush=True)
        found.append(checks.check(claim, options.seeds, computing))
        print(
            f"{claim.name}: {found[-1].outcome.verdict.value}, {found[-1].seconds:.0f} s", file=sys.stderr, flush=True
        )
    _print(
        [checked_row(each) for each in found], options.format, f"Claims of the labs over {options.seeds} fresh seeds"
    )
    return 0 if all(each.is_as_declared for each in found) else NOT_AS_DECLARED


def _chosen(names: Sequence[str] | None) -> "list[Claim]":
    """The claims whose names begin with one of `names`; all without names. Raises SettingsError for an unknown one."""
    from explorer.experiments.claims import CLAIMS

    for name in names or ():
        if not any(claim.name.startswith(name) for claim in CLAIMS):
            known = ", ".join(dict.fromkeys(claim.lab for claim in CLAIMS))
            raise SettingsError("lab", f"no lab with a claim is called {name[:40]!r}; there are {known}")
    return [claim for claim in CLAIMS if names is None or claim.name.startswith(tuple(names))]


def declaration(claim: "Claim") -> dict[str, str]:
    """A claim as a row: its name, the verdict that is declared, its sentence and its source."""
    return {"name": claim.name, "declared": claim.expected.value, "claim": claim.text, "source": claim.source}


def checked_row(checked: "Checked") -> dict[str, str | float]:
    """A claim that was checked, as a row: also the verdict, the numbers and the reason, and the seconds.

    `told` is a line of JSON: the numbers as a sentence with its values, by which pages tell it in another language.
    """
    outcome = checked.outcome
    return {
        **declaration(checked.claim),
        "verdict": outcome.verdict.value,
        "result": str(outcome.numbers),
        "told": to_line(outcome.numbers),
        "reason": str(outcome.reason),
        "seconds": round(checked.seconds, 1),
    }


def _print(rows: Sequence[Mapping[str, str | float]], form: str, title: str) -> int:
    from explorer.outputs.tables.table import Table, to_text

    if form == "json":
        print_json(list(rows))
        return 0
    keys = tuple(key for key in rows[0] if key != "told")
    print(to_text(Table(title, keys, keys, tuple(tuple(row[key] for key in keys) for row in rows))), end="")
    return 0


LAB_COMMANDS = (Command("labs", "list the labs' textbook claims, or check them at the defaults", _labs_options, _labs),)
"""The commands of this module."""
