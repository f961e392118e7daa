"""`runs`: the trained networks of this machine, and what was trained as files: weights and ONNX."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.commands import Command, print_json
from explorer.jobs.errors import SettingsError

if TYPE_CHECKING:  # the store takes a moment to load, and other commands do not need it
    from explorer.runs.records import RunRecord
    from explorer.runs.store.store import Store

LISTED = 50
FIELDS = ("id", "label", "state", "step", "steps", "dataset", "seed", "comparison_id", "owner")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("list", "export"), default="list")
    parser.add_argument("chosen", nargs="?", metavar="RUN", help="a run's id, or its beginning (export)")
    parser.add_argument("--weights", metavar="FILE", type=Path, help="write its weights, as safetensors")
    parser.add_argument("--onnx", metavar="FILE", type=Path, help="write the trained network as ONNX")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="of the list")


def _run(options: argparse.Namespace) -> int:
    from explorer.runs.store.store import Store

    store = Store()
    try:
        return _export(store, options) if options.action == "export" else _list(store, options)
    finally:
        store.close()


def _list(store: "Store", options: argparse.Namespace) -> int:
    runs = store.runs(limit=LISTED)
    if options.format == "json":
        print_json([{name: getattr(run, name) for name in FIELDS} for run in runs])
        return 0
    for run in runs:
        print(f"{run.id[:12]}  {run.state:<12} {run.step:>7,} of {run.steps:<7,}  {run.label[:40]:<40}  {run.dataset}")
    return 0


def _export(store: "Store", options: argparse.Namespace) -> int:
    """Writes the files that were asked for. Raises SettingsError, ExchangeError."""
    from explorer.runs.trained_files import write_trained

    if not options.chosen or not (options.weights or options.onnx):
        raise SettingsError("runs", "export takes a run's id, and --weights FILE, --onnx FILE or both")
    run = find_run(store, options.chosen, "run")
    write_trained(run, options.weights, options.onnx)
    for path in filter(None, (options.weights, options.onnx)):
        print(f"{path}: {path.stat().st_size:,} bytes, after {run.step:,} of {run.steps:,} steps")
    return 0


def find_run(store: "Store", beginning: str, field: str) -> "RunRecord":
    """The run whose id begins so. Raises SettingsError on `field` where that is not one."""
    found = [run for run in store.runs(limit=10_000) if run.id.startswith(beginning)]
    if len(found) != 1:
        count = f"{len(found):,} runs begin" if found else "no run begins"
        raise SettingsError(field, f"{count} with {beginning[:40]!r}; `python -m explorer runs` lists them")
    return found[0]


RUN_COMMANDS = (Command("runs", "list the runs of this machine; take away what was trained", _options, _run),)
