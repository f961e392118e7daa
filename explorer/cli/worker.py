"""`worker`: trains queued runs, one after another, until it is asked to stop: for a service manager or Slurm."""

import argparse
import os
import re
import signal
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from explorer.artifacts.shared import ARTIFACTS_VARIABLE, check_artifacts
from explorer.cli.commands import Command, print_error
from explorer.jobs.errors import SettingsError, StoreError, text_of
from explorer.jobs.paths import DATABASE_VARIABLE
from explorer.jobs.process_identity import Identity
from explorer.jobs.worker_settings import DEVICE_VARIABLE, THREADS_VARIABLE, thread_count, usual_device

if TYPE_CHECKING:  # the store takes a moment to load, and other commands do not need it
    from explorer.runs.launch.local import LocalLauncher
    from explorer.runs.store.store import Store

POOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
LOOK_SECONDS = 0.2
NOT_HERE, BAD_INPUT = 1, 2


class Option(NamedTuple):
    """An option that sets a variable of the environment, for this process and those that it starts."""

    variable: str
    metavar: str
    help: str


OPTIONS: Mapping[str, Option] = {
    "database": Option(
        DATABASE_VARIABLE,
        "ADDRESS",
        "the database with the queue; other users of this machine can read an option, but not the variable",
    ),
    "artifacts": Option(
        ARTIFACTS_VARIABLE,
        "PLACE",
        "a folder or bucket (s3://bucket/prefix) where machines share checkpoints and data sets",
    ),
    "device": Option(
        DEVICE_VARIABLE, "DEVICE", "where runs train that ask for `auto`: auto, cpu, cuda, cuda:0, cuda:1, ... or mps"
    ),
    "threads": Option(THREADS_VARIABLE, "N", "threads of the processor, 1 to 256, one if nothing is said"),
}


class Stop:
    """Whether the process was asked to stop. The second signal ends it at once."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._take)

    def _take(self, number: int, _: object) -> None:
        if self.asked:
            os._exit(128 + number)  # the training process sees that its input ends, and gives its run back
        self.asked = True


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pool", metavar="NAME", default="server", help="whose runs it takes (default: the pages')")
    for name, option in OPTIONS.items():
        parser.add_argument(f"--{name}", metavar=option.metavar, help=f"{option.help} (default: {option.variable})")


def _run(options: argparse.Namespace) -> int:
    """Trains until it is asked to stop. Returns the exit code. Raises SettingsError, StoreError."""
    from explorer.runs.launch.local import LocalLauncher

    store, stop = _open(options), Stop()
    try:
        launcher = LocalLauncher(store, pool=options.pool, limit=1, low_priority=False, ignore_signals=True)
        launcher.start()
        try:
            return _watch(launcher, stop)
        finally:
            launcher.stop()
    finally:
        store.close()


def _open(options: argparse.Namespace) -> "Store":
    """The run store, once every option is in order. Raises SettingsError on the option that is not."""
    from explorer.runs.store.store import Store

    given = {name: value for name in OPTIONS if (value := getattr(options, name)) is not None}
    os.environ.update({OPTIONS[name].variable: value for name, value in given.items()})
    if not POOL.fullmatch(options.pool):
        message = f"{options.pool[:40]!r} is not a pool's name: letters, digits, `.`, `_` and `-`, 64 at most"
        raise SettingsError("pool", message)
    checks: Mapping[str, Callable[[], object]] = {
        DEVICE_VARIABLE: usual_device,
        THREADS_VARIABLE: thread_count,
        ARTIFACTS_VARIABLE: check_artifacts,
        DATABASE_VARIABLE: Store,
    }
    made: object = None
    for variable, check in checks.items():
        try:
            made = check()
        except (SettingsError, StoreError) as error:
            told = error.told if isinstance(error, SettingsError) else text_of(error)
            named = next((name for name in given if OPTIONS[name].variable == variable), variable)
            raise SettingsError(named, told) from None
    return cast("Store", made)


def _watch(launcher: "LocalLauncher", stop: Stop) -> int:
    """Says what the worker is, and what goes wrong, until it is asked to stop. Returns the exit code."""
    ready, told = False, ""
    while not stop.asked:
        status = launcher.status()
        trouble = str(status.trouble)
        if trouble and trouble != told:
            print_error(trouble)
        if trouble and not ready:
            return BAD_INPUT if status.refused else NOT_HERE
        if status.ready and not ready:
            ready = True
            versions = ", ".join(f"{name} {version}" for name, version in status.versions.items())
            me = Identity.of(os.getpid())
            print(f"Ready: pool {launcher.pool}, {me.host}, process {me.pid}, {status.device}, {versions}.", flush=True)
        told = trouble
        time.sleep(LOOK_SECONDS)
    print("Stopping: a run in training is saved and goes back into the queue.", flush=True)
    return 0


WORKER_COMMANDS = (Command("worker", "train the queued runs until SIGTERM or Ctrl-C", _options, _run),)
"""The commands of this module."""
