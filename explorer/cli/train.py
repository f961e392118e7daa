"""`python -m explorer train`: a comparison in a terminal, through the same workers, loop and store as the page."""

import argparse
import getpass
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path

from explorer.cli.commands import MODEL, print_error
from explorer.cli.data import bring_dataset
from explorer.cli.dataset import add_outer
from explorer.cli.models import labels_of, load_model
from explorer.cli.runs import find_run
from explorer.cli.train_printers import PRINTERS, Printer
from explorer.datasets.catalogue import DATASETS, with_defaults_of_dataset
from explorer.jobs.capacity import worker_limit
from explorer.jobs.errors import SettingsError, StoreError
from explorer.jobs.paths import DATA_VARIABLE, data_directory
from explorer.jobs.process_identity import Identity
from explorer.runs.events import Event, Failed
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.limits import check_trainable
from explorer.runs.records import ACTIVE, NamedNetwork, RunRecord
from explorer.runs.settings import CHOICES, NUMBERS, TrainingSettings
from explorer.runs.start import TEXTS
from explorer.runs.store.store import Store

POLL_SECONDS = 0.1
FAREWELL_SECONDS = 5.0
"""How long runs may take to stop after Ctrl-C."""

RESUMABLE = ("paused", "interrupted")

GIVEN = tuple(field.name for field in fields(TrainingSettings))
"""Every setting is an option of the command, `batch_size` as `--batch-size`."""


def add_train_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `train` to the command line."""
    parser = subparsers.add_parser("train", help="train networks side by side and print what happens")
    parser.add_argument("models", nargs="*", metavar="MODEL", help=MODEL)
    parser.add_argument(
        "--resume",
        nargs="?",
        const="",
        metavar="RUN",
        help="go on with what was interrupted: a run or a comparison (default: the newest one started in a terminal)",
    )
    defaults = TrainingSettings()
    parser.add_argument(
        "--dataset", help=f"{', '.join(DATASETS).replace('_', '-')}, a folder of class folders, or a ZIP of one"
    )
    parser.add_argument("--download", action="store_true", help="fetch the data set if it is not on this machine")
    parser.add_argument("--image-size", type=int, help="side in pixels to which a folder's images are scaled")
    add_outer(parser)
    for name in GIVEN:
        if name == "dataset":
            continue
        option, usual = f"--{name.replace('_', '-')}", getattr(defaults, name) or "none"
        parser.add_argument(option, dest=name, help=f"{_about(name)} (default {usual})")
    parser.add_argument(
        "--usual-start", action="store_true", help="with --start-from: train each network from random weights too"
    )
    parser.add_argument("--format", choices=("table", "jsonl"), default="table", help="a table, or an object a line")
    parser.set_defaults(run=run_train)


def _about(name: str) -> str:
    if name in NUMBERS:
        return NUMBERS[name].about
    return TEXTS[name].about if name in TEXTS else ", ".join(CHOICES[name])


def run_train(options: argparse.Namespace) -> int:
    """Trains what the options name and returns the exit code: 0 all ended, 1 one failed, 2 a setting was at fault.

    Raises SpecError or SettingsError for bad input, StoreError where the runs cannot be kept, KeyboardInterrupt after
    it has paused the runs, BrokenPipeError after it has cancelled them.
    """
    ensure_data_folder()
    printer = PRINTERS[options.format]()
    if options.resume is not None:
        _check_alone(options)
        return _with_launcher(max(1, worker_limit()), printer, partial(_resumed, wanted=options.resume))
    if not options.models:
        raise SettingsError("models", "name at least one network, or go on with --resume")
    labels = labels_of(options.models)
    named_networks = [NamedNetwork(*each) for each in zip(labels, map(load_model, options.models), strict=True)]
    settings = _settings(options)
    for network in named_networks:
        check_trainable(network.spec, settings)
    limit = min(max(1, worker_limit()), len(named_networks) * (1 + options.usual_start))
    return _with_launcher(
        limit, printer, partial(_queued, starts=(named_networks, settings), usual_start=options.usual_start)
    )


def _settings(options: argparse.Namespace) -> TrainingSettings:
    """The settings given, with what suits the data set; that is brought here last, when all else is in order."""
    given = {name: _value(name, text) for name in GIVEN if (text := getattr(options, name)) is not None}
    if beginning := given.get("start_from"):
        given["start_from"] = _whole_id(str(beginning))
    dataset = given.pop("dataset", TrainingSettings.dataset)
    TrainingSettings.from_dict(given)
    name = bring_dataset(str(dataset), download=options.download, side=options.image_size, outer=options.outer or "")
    return TrainingSettings.from_dict(with_defaults_of_dataset({**given, "dataset": name}))


def _whole_id(beginning: str) -> str:
    """The id of the run that begins so. Raises SettingsError."""
    store = Store()
    try:
        return find_run(store, beginning, "start_from").id
    finally:
        store.close()


def _check_alone(options: argparse.Namespace) -> None:
    """Raises SettingsError where `--resume` is given together with what the stored runs say already."""
    given = [name for name in ("models", *GIVEN, "image_size", "outer", "usual_start") if getattr(options, name)]
    if given:
        raise SettingsError("resume", f"the runs go on as they were stored; leave out {', '.join(given)}")


def _queued(
    store: Store,
    launcher: LocalLauncher,
    *,
    starts: tuple[Sequence[NamedNetwork], TrainingSettings],
    usual_start: bool,
) -> Sequence[RunRecord]:
    """New runs of these networks."""
    name = " against ".join(network.label for network in starts[0])
    made = store.create_comparison(
        *starts, owner=terminal_owner(), name=name, pool=launcher.pool, usual_start=usual_start
    )
    return made.runs


def _resumed(store: Store, launcher: LocalLauncher, *, wanted: str) -> Sequence[RunRecord]:
    """The interrupted runs that begin with `wanted`, or those of the newest comparison; raises SettingsError."""
    launcher.tick()  # settles the runs whose workers are gone
    runs = store.runs(states=RESUMABLE, owner=None if wanted else terminal_owner())
    if wanted:
        runs = [run for run in runs if run.id.startswith(wanted) or run.comparison_id.startswith(wanted)]
    runs = [run for run in runs if run.comparison_id == runs[0].comparison_id]
    if not runs:
        what = f"no run {wanted[:40]!r}" if wanted else "no run started in a terminal"
        raise SettingsError("resume", f"{what} is interrupted or paused; `python -m explorer runs` lists all")
    store.request("resume", [run.id for run in runs], launcher.pool)
    return runs


def terminal_owner() -> str:
    """The owner of what this user starts in a terminal."""
    return f"terminal: {getpass.getuser()}"


def _with_launcher(limit: int, printer: Printer, choose: Callable[[Store, LocalLauncher], Sequence[RunRecord]]) -> int:
    """Trains the runs that `choose` puts into the queue, prints what happens, and returns the exit code."""
    store = Store()
    # The pool is named after this process: no other program's workers take these runs, and if it is killed, the next
    # launcher finds that the pool has no workers.
    launcher = LocalLauncher(store, pool=str(Identity.of(os.getpid())), limit=limit, warm=limit, low_priority=False)
    runs: Sequence[RunRecord] = ()
    launcher.start()
    try:
        runs = choose(store, launcher)
        launcher.wake()
        failures = [event for event in _follow(store, launcher, runs, printer) if isinstance(event, Failed)]
        printer.close()
        for reason in dict.fromkeys(failure.reason for failure in failures):
            print_error(reason)
        return 0 if not failures else 2 if any(failure.field for failure in failures) else 1
    except KeyboardInterrupt:
        if runs and stop_runs(store, runs, "pause"):
            print("Paused; `python -m explorer train --resume` goes on from here.", file=sys.stderr)
        raise
    except BrokenPipeError:
        stop_runs(store, runs, "cancel")
        raise
    finally:
        launcher.stop()
        store.close()


def _follow(store: Store, launcher: LocalLauncher, runs: Sequence[RunRecord], printer: Printer) -> Iterator[Event]:
    """Prints events as they come until every run has ended, and yields them; those before a resumption are left out."""
    labels = {run.id: run.label for run in runs}
    seen = dict.fromkeys(labels, 0)
    if any(run.step for run in runs):
        seen |= {stored.run_id: stored.id for stored in store.events(seen)}
    while True:
        # The states are read first: the last event of a run is stored together with its last state.
        over = not any(state in ACTIVE for state in store.states(list(labels)).values())
        for stored in store.events(seen):
            seen[stored.run_id] = stored.id
            printer.show(labels[stored.run_id], stored.event)
            yield stored.event
        if over:
            return
        if trouble := launcher.status().trouble:
            raise StoreError(trouble)
        time.sleep(POLL_SECONDS)


def stop_runs(store: Store, runs: Sequence[RunRecord], what: str) -> int:
    """Requests `pause` or `cancel` for the runs that still train, and waits a few seconds. Returns their number."""
    ids = [run.id for run in runs]
    count = store.request(what, ids)
    until = time.monotonic() + FAREWELL_SECONDS
    while time.monotonic() < until and any(state in ACTIVE for state in store.states(ids).values()):
        time.sleep(POLL_SECONDS)
    return count


def _value(name: str, text: str) -> object:
    """A number where the setting is one and the text too, else the text: the settings say what is wrong with it."""
    if name in TEXTS:
        return text
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def ensure_data_folder() -> None:
    """Keeps the runs in a temporary folder where the usual one cannot be written and none was asked for."""
    try:
        data_directory()
    except StoreError as error:
        if os.environ.get(DATA_VARIABLE):
            raise
        os.environ[DATA_VARIABLE] = os.fspath(Path(tempfile.gettempdir()) / f"residual-explorer-{os.getuid()}")
        print(f"{error} Until then they are kept in {os.environ[DATA_VARIABLE]}.", file=sys.stderr)
