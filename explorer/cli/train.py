"""`python -m explorer train`: a comparison in a terminal, through the same workers, loop and store as the page."""

import argparse
import getpass
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path

from explorer.cli.commands import MODEL, print_error
from explorer.cli.data import bring_dataset
from explorer.cli.dataset import add_outer
from explorer.cli.models import labels_of, load_model
from explorer.datasets.catalogue import DATASETS, with_defaults_of_dataset
from explorer.jobs.capacity import worker_limit
from explorer.jobs.errors import SettingsError, StoreError
from explorer.jobs.paths import DATA_VARIABLE, data_directory
from explorer.jobs.process_identity import Identity
from explorer.runs.events import Evaluation, Event, Failed, Finished, Started, Step
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.limits import check_trainable
from explorer.runs.records import ACTIVE, NamedNetwork, RunRecord
from explorer.runs.settings import CHOICES, NUMBERS, TrainingSettings
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
        about = NUMBERS[name].about if name in NUMBERS else ", ".join(CHOICES[name])
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, dest=name, help=f"{about} (default {getattr(defaults, name)})")
    parser.add_argument("--format", choices=("table", "jsonl"), default="table", help="a table, or an object a line")
    parser.set_defaults(run=run_train)


def run_train(options: argparse.Namespace) -> int:
    """Trains what the options name and returns the exit code: 0 all ended, 1 one failed, 2 a setting was at fault.

    Raises SpecError or SettingsError for bad input, StoreError where the runs cannot be kept, KeyboardInterrupt after
    it has paused the runs, BrokenPipeError after it has cancelled them.
    """
    _ensure_data_folder()
    printer = PRINTERS[options.format]()
    if options.resume is not None:
        _check_alone(options)
        return _with_launcher(worker_limit(), printer, partial(_resumed, wanted=options.resume))
    if not options.models:
        raise SettingsError("models", "name at least one network, or go on with --resume")
    labels = labels_of(options.models)
    named_networks = [NamedNetwork(*each) for each in zip(labels, map(load_model, options.models), strict=True)]
    settings = _settings(options)
    for network in named_networks:
        check_trainable(network.spec, settings)
    limit = min(worker_limit(), len(named_networks))
    return _with_launcher(limit, printer, partial(_queued, named_networks=named_networks, settings=settings))


def _settings(options: argparse.Namespace) -> TrainingSettings:
    """The settings given, with what suits the data set; that is brought here last, when all else is in order."""
    given = {name: _value(text) for name in GIVEN if (text := getattr(options, name)) is not None}
    dataset = given.pop("dataset", TrainingSettings.dataset)
    TrainingSettings.from_dict(given)
    name = bring_dataset(str(dataset), download=options.download, side=options.image_size, outer=options.outer or "")
    return TrainingSettings.from_dict(with_defaults_of_dataset({**given, "dataset": name}))


def _check_alone(options: argparse.Namespace) -> None:
    """Raises SettingsError where `--resume` is given together with what the stored runs say already."""
    given = [name for name in ("models", *GIVEN, "image_size", "outer") if getattr(options, name)]
    if given:
        raise SettingsError("resume", f"the runs go on as they were stored; leave out {', '.join(given)}")


def _queued(
    store: Store, launcher: LocalLauncher, *, named_networks: Sequence[NamedNetwork], settings: TrainingSettings
) -> Sequence[RunRecord]:
    """New runs of these networks."""
    name = " against ".join(network.label for network in named_networks)
    return store.create_comparison(named_networks, settings, owner=_owner(), name=name, pool=launcher.pool).runs


def _resumed(store: Store, launcher: LocalLauncher, *, wanted: str) -> Sequence[RunRecord]:
    """The interrupted runs that begin with `wanted`, or those of the newest comparison; raises SettingsError."""
    launcher.tick()  # settles the runs whose workers are gone
    runs = store.runs(states=RESUMABLE, owner=None if wanted else _owner())
    if wanted:
        runs = [run for run in runs if run.id.startswith(wanted) or run.comparison_id.startswith(wanted)]
    runs = [run for run in runs if run.comparison_id == runs[0].comparison_id]
    if not runs:
        what = f"no run {wanted[:40]!r}" if wanted else "no run started in a terminal"
        raise SettingsError("resume", f"{what} is interrupted or paused; `python -m explorer runs` lists all")
    store.request("resume", [run.id for run in runs], launcher.pool)
    return runs


def _owner() -> str:
    return f"terminal: {getpass.getuser()}"


def _with_launcher(
    limit: int, printer: "Printer", choose: Callable[[Store, LocalLauncher], Sequence[RunRecord]]
) -> int:
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
        if runs and _stop(store, runs, "pause"):
            print("Paused; `python -m explorer train --resume` goes on from here.", file=sys.stderr)
        raise
    except BrokenPipeError:
        _stop(store, runs, "cancel")
        raise
    finally:
        launcher.stop()
        store.close()


def _follow(store: Store, launcher: LocalLauncher, runs: Sequence[RunRecord], printer: "Printer") -> Iterator[Event]:
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


def _stop(store: Store, runs: Sequence[RunRecord], what: str) -> int:
    """Requests `pause` or `cancel` for the runs that still train, and waits a few seconds. Returns their number."""
    ids = [run.id for run in runs]
    count = store.request(what, ids)
    until = time.monotonic() + FAREWELL_SECONDS
    while time.monotonic() < until and any(state in ACTIVE for state in store.states(ids).values()):
        time.sleep(POLL_SECONDS)
    return count


class Printer:
    """One JSON object a line, written at once: the contract of `--format jsonl`."""

    def show(self, model: str, event: Event) -> None:
        """Prints one event of the network called `model`."""
        values = event.to_dict()
        print(json.dumps({"event": values.pop("event"), "model": model, **values}, allow_nan=False), flush=True)

    def close(self) -> None:
        """Prints the results at the end."""


class TablePrinter(Printer):
    """Lines to read while it happens, and the result of each network at the end."""

    def __init__(self) -> None:
        self._results: list[tuple[str, ...]] = []

    def show(self, model: str, event: Event) -> None:
        if isinstance(event, Step):
            if event.step % 50 == 0:
                print(f"{model:<32} step {event.step:>6}  train loss {event.train_loss:.4f}", flush=True)
        elif isinstance(event, Evaluation):
            print(f"{model:<32} step {event.step:>6}  test error {event.test_error:.2f} %", flush=True)
        elif isinstance(event, Started):
            since = f", from step {event.step:,}" if event.step else ""
            about = f"{event.parameters:,} parameters on {event.device_name}, {event.precision}{since}"
            print(f"{model:<32} {about}", flush=True)
            for note in event.notes:
                print(f"{model:<32} {note}", flush=True)
        elif isinstance(event, Finished):
            numbers = (f"{event.train_loss:.4f}", f"{event.test_error:.2f} %", f"{event.seconds:.1f} s")
            self._results.append((model, *numbers))
        elif reason := getattr(event, "reason", ""):
            self._results.append((model, event.kind, f"at step {event.step}", reason))

    def close(self) -> None:
        heads = ("model", "train loss", "test error", "time")
        for row in (heads, *self._results) if self._results else ():
            print(f"{row[0]:<32} {row[1]:>10}  {row[2]:>10}  {row[3]:>9}", flush=True)


PRINTERS: Mapping[str, Callable[[], Printer]] = {"jsonl": Printer, "table": TablePrinter}


def _value(text: str) -> object:
    """A number where the text is one, else the text: the settings say what is wrong with it."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _ensure_data_folder() -> None:
    """Keeps the runs in a temporary folder where the usual one cannot be written and none was asked for."""
    try:
        data_directory()
    except StoreError as error:
        if os.environ.get(DATA_VARIABLE):
            raise
        os.environ[DATA_VARIABLE] = os.fspath(Path(tempfile.gettempdir()) / f"residual-explorer-{os.getuid()}")
        print(f"{error} Until then they are kept in {os.environ[DATA_VARIABLE]}.", file=sys.stderr)
