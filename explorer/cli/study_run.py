"""What `study` does: says what a study takes, trains it through the same queue and workers as `train`, tells it."""

import argparse
import os
import shlex
import sys
import time
from collections import Counter

from explorer.cli.commands import print_error, print_json
from explorer.cli.train import POLL_SECONDS, ensure_data_folder, stop_runs, terminal_owner
from explorer.jobs.capacity import worker_limit
from explorer.jobs.errors import StoreError
from explorer.jobs.machine_speed import UNKNOWN, Slowdown, SpeedMeter
from explorer.jobs.process_identity import Identity
from explorer.outputs.tables.table import to_csv, to_text
from explorer.runs.estimates import TimeRange
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.store.store import Store
from explorer.studies.conducting import Conductor, Progress
from explorer.studies.library import read_file, shipped
from explorer.studies.report import as_object, html_report
from explorer.studies.results import StudyResult, result_of
from explorer.studies.store.store import StudyStore
from explorer.studies.study import Study, StudyError
from explorer.studies.tables import differences_table, medians_table, runs_table
from explorer.studies.time_needed import parts_left, range_left
from explorer.studies.toml_file import read_study

SAID_SECONDS = 10.0
"""Between two lines on how far it is."""
PROBE_SECONDS = 5.0


def list_shipped() -> int:
    """Prints the studies that ship, and returns the exit code."""
    for name, path in shipped().items():
        print(f"{name:<16}  {read_study(path.read_text(encoding='utf-8')).title}")
    return 0


def run_study(options: argparse.Namespace) -> int:
    """Trains the study of `options.file` and prints its result. Returns 0, or 1 where runs failed.

    Raises StudyError for bad input, before anything is queued; StoreError; KeyboardInterrupt after it has paused.
    """
    text = read_file(options.file)
    study = read_study(text)
    study = study.with_seeds(options.seeds) if options.seeds is not None else study
    study.check()
    if options.report and not options.report.absolute().parent.is_dir():
        raise StudyError("report", f"{options.report}: there is no such folder.")
    ensure_data_folder()
    store, studies = Store(), StudyStore()
    try:
        return _with_stores(options, Conductor(studies, store), store, (study, text))
    finally:
        studies.close()
        store.close()


def _with_stores(options: argparse.Namespace, conductor: Conductor, store: Store, given: tuple[Study, str]) -> int:
    study, owner = given[0], terminal_owner()
    before = conductor.find(study, owner)
    failed = sum(run.state == "failed" for run in before.runs) if before and options.again else 0
    left = len(list(parts_left(study, before.cells if before else [(cell, ()) for cell in study.cells]))) + failed
    slowdown = _slowdown() if left else UNKNOWN
    if left:
        print(_outlook(study, before, left, slowdown), file=sys.stderr)
    if options.dry_run:
        return 0
    if left:
        _ask(options)
        before = _train(conductor, store, given, again=options.again, slowdown=slowdown)
    assert before is not None
    return _tell(options, before)


def _outlook(study: Study, before: Progress | None, left: int, slowdown: Slowdown) -> str:
    runs = f"{left:,} of {len(study.cells) * len(study.seeds):,} runs are left" if before else f"{left:,} runs"
    cells = f"{len(study.cells):,} cells, {len(study.seeds):,} seeds"
    needed = range_left(study, before, worker_limit(), slowdown)
    return f"{study.title}: {runs} ({cells}); {_minutes(needed)} with {worker_limit()} at the same time."


def _minutes(seconds: TimeRange | None) -> str:
    if seconds is None:
        return "how long it takes is not known on this device"
    return f"{seconds.low / 60:.1f} to {seconds.high / 60:.1f} minutes"


def _slowdown() -> Slowdown:
    """How slow this machine is now, by a probe of a second or so."""
    meter, until = SpeedMeter(), time.monotonic() + PROBE_SECONDS
    try:
        while (found := meter.latest()) is None and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
        return found or UNKNOWN
    finally:
        meter.close()


def _ask(options: argparse.Namespace) -> None:
    """Returns where the study may start. Raises StudyError."""
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise StudyError(
            "yes", "nobody can be asked here; say --yes to start, or --dry-run to know only what it takes."
        )
    print("Start? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise StudyError("study", "nothing was started.")


def _train(
    conductor: Conductor, store: Store, given: tuple[Study, str], *, again: bool, slowdown: Slowdown
) -> Progress:
    """Trains what is left, and returns the study as it then is."""
    limit = worker_limit()
    # A pool of this process: if it is killed, the next command finds that the pool has no workers.
    launcher = LocalLauncher(store, pool=str(Identity.of(os.getpid())), limit=limit, warm=limit, low_priority=False)
    progress: Progress | None = None
    launcher.start()
    try:
        launcher.tick()  # settles the runs whose workers are gone
        progress = conductor.start(*given, terminal_owner(), launcher.pool)
        conductor.resume(progress, launcher.pool, again=again)
        launcher.wake()
        return _follow(conductor, launcher, progress, slowdown)
    except KeyboardInterrupt:
        if progress and stop_runs(store, progress.runs, "pause"):
            print("Paused; the same command goes on from here.", file=sys.stderr)
        raise
    finally:
        launcher.stop()


def _follow(conductor: Conductor, launcher: LocalLauncher, progress: Progress, slowdown: Slowdown) -> Progress:
    """Says from time to time how far it is, until every run has ended."""
    said = time.monotonic()
    while True:
        progress = conductor.progress(progress.record, progress.study)
        if not any(run.active for run in progress.runs):
            return progress
        if trouble := launcher.status().trouble:
            raise StoreError(str(trouble))
        if time.monotonic() - said >= SAID_SECONDS:
            said = time.monotonic()
            left = range_left(progress.study, progress, worker_limit(), slowdown)
            print(f"{_states(progress)}; {_minutes(left)} left", file=sys.stderr, flush=True)
        time.sleep(5 * POLL_SECONDS)


def _states(progress: Progress) -> str:
    counts = Counter(run.state for run in progress.runs)
    return ", ".join(f"{count:,} {state}" for state, count in sorted(counts.items()))


def _tell(options: argparse.Namespace, progress: Progress) -> int:
    """Prints and writes the result. Returns the exit code."""
    result = result_of(progress)
    command = f"python -m explorer study {shlex.quote(options.file)} --seeds {len({run.seed for run in progress.runs})}"
    if options.report:
        try:
            options.report.write_text(html_report(progress, result, command), encoding="utf-8")
        except OSError as error:
            raise StudyError("report", f"{options.report} cannot be written ({error.strerror}).") from error
    _print(options.format, progress, result, command)
    failures = {str(getattr(run.result, "reason", "")) or run.reason for run in progress.runs if run.state == "failed"}
    for reason in sorted(failures):
        print_error(reason)
    return 1 if failures else 0


def _print(form: str, progress: Progress, result: StudyResult, command: str) -> None:
    if form == "json":
        print_json(as_object(progress, result))
    elif form == "csv":
        print(to_csv(runs_table(progress)), end="")
    elif form == "html":
        print(html_report(progress, result, command), end="")
    else:
        tables = [medians_table(result), differences_table(result)]
        print("\n".join(to_text(table) for table in tables if table.rows), end="")
