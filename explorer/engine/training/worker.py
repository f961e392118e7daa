"""A worker process: `python -m explorer.engine.training.worker --pool POOL --token TOKEN [OPTIONS]`.

It trains the queued runs of a pool, one after another, without Streamlit and with one thread. Only the run store
connects it with the rest of the program: it claims a run, writes what happens, and reads from the same place whether to
go on. It writes one line when it is ready; a line on its standard input wakes it, and the end of that input ends it, so
that it never outlives its launcher.
"""

import argparse
import errno
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import torch

from explorer.artifacts.shared import bring, share, unshare
from explorer.engine.data.images import load_data
from explorer.engine.training.checkpoint import CheckpointFile
from explorer.engine.training.device import choose_device, device_name, prepare_process, release_memory, versions
from explorer.engine.training.loop import train
from explorer.engine.training.reporter import Reporter
from explorer.jobs.child_side import Parent, lower_priority
from explorer.jobs.errors import LostRunError, SettingsError, StoreError, text_of
from explorer.jobs.paths import checkpoint_path
from explorer.jobs.process_identity import Identity
from explorer.language import N_
from explorer.model import SpecError, preset
from explorer.runs.events import Failed, Finished, Paused
from explorer.runs.records import RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store

LOG = logging.getLogger("explorer.worker")

IDLE_SECONDS = 1.0
"""An idle worker looks for a run at least this often, even if nothing wakes it."""
FAREWELL_SECONDS = 3.0
"""How long the current step may take once the launcher has gone, before the process simply ends."""
HEARTBEAT_SECONDS = 3.0
SHARE_SECONDS = 60.0
"""Time between two checkpoints of a run for other machines, where they share files."""
BAD_INPUT = 2
"""Exit code of a worker that cannot start with its settings."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL = N_("The disk is full: no checkpoint can be written. Free some space, then resume the run.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves a pool until the standard input ends."""
    parser = argparse.ArgumentParser(prog="explorer.engine.training.worker")
    parser.add_argument("--pool", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--low-priority", action="store_true", help="leave the processor to the page's server")
    parser.add_argument("--ignore-signals", action="store_true", help="leave it to the launcher when to stop")
    options = parser.parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(message)s")
    launcher = Parent(grace_seconds=FAREWELL_SECONDS)
    if options.low_priority:
        lower_priority()
    if options.ignore_signals:  # a service manager sends them to the launcher and to its children at once
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
    try:
        prepare_process()
        device = choose_device("auto")
    except SettingsError as error:
        launcher.send({"error": text_of(error)})
        return BAD_INPUT
    store = Store()
    me = str(Identity.of(os.getpid())._replace(token=options.token))
    launcher.send({"ready": True, "device": device_name(device), "versions": versions()})
    serve(store, options.pool, me, launcher)
    return 0


def serve(store: Store, pool: str, worker: str, launcher: Parent) -> None:
    """Trains what is queued in a pool, and waits for more, until the launcher has gone."""
    warm = False
    while not launcher.gone:
        try:
            run = store.work.claim(worker, pool)
        except StoreError as error:
            LOG.warning(error)
            run = None
        if run is not None:
            work(store, run, worker, launcher)
        elif not warm:
            warm_up()  # only now: a run that already waits is the better warm-up
        else:
            launcher.receive(IDLE_SECONDS)
        warm = True


def warm_up() -> None:
    """Loads the default data and takes two steps with a small network, so that the first click waits for neither."""
    load_data("digits")
    small = replace(preset("cifar_resnet20"), stage_blocks=(1, 1, 1))
    for _ in train(small, TrainingSettings(steps=2, evaluate_every=0)):
        pass


def work(store: Store, run: RunRecord, worker: str, launcher: Parent) -> None:
    """Trains one run to its end, whatever that is; never raises for what is the run's own fault."""
    reporter = Reporter(store.work, run, worker, lambda: launcher.gone)
    over = threading.Event()
    pulse = threading.Thread(target=_beat, args=(store, run, worker, over), name="heartbeat", daemon=True)
    pulse.start()
    try:
        checkpoint = CheckpointFile(checkpoint_path(run.id))
        bring("checkpoints", run.id, checkpoint.path, now=True)
        shared = time.monotonic()
        for event in train(run.spec, run.settings, control=reporter.requested_state, checkpoint=checkpoint):
            # What ends here may go on, or be used, on another machine at once: the file is there first.
            if isinstance(event, Paused | Finished) or time.monotonic() - shared > SHARE_SECONDS:
                share("checkpoints", run.id, checkpoint.path)
                shared = time.monotonic()
            reporter.tell(event)
        if reporter.outcome in ("cancelled", "diverged"):
            checkpoint.discard()
            unshare("checkpoints", run.id)
    except LostRunError as error:
        LOG.warning(error)
    except Exception as error:  # a run that breaks must not take the worker along
        LOG.exception("Run %s broke", run.id)
        reporter.fail(explain(error, run))
    finally:
        over.set()
        pulse.join()
        release_memory()


def explain(error: Exception, run: RunRecord) -> Failed:
    """What went wrong, in a sentence for the user, and the setting at fault where there is one."""
    if isinstance(error, (SpecError, SettingsError)):
        return Failed(step=run.step, reason=f"{error.field}: {error.message}", field=error.field)
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate memory" in str(error):
        size = run.settings.batch_size
        reason = f"There is not enough memory for this network in batches of {size}; try smaller ones."
        return Failed(step=run.step, reason=reason, field="batch_size")
    if isinstance(error, OSError) and (error.errno in NO_ROOM or "No space left" in str(error)):
        return Failed(step=run.step, reason=DISK_FULL)
    text = str(error).splitlines()[0] if str(error) else "no more is known"
    return Failed(step=run.step, reason=text if isinstance(error, StoreError) else f"{type(error).__name__}: {text}")


def _beat(store: Store, run: RunRecord, worker: str, over: threading.Event) -> None:
    """Shows that the worker lives even while one step takes minutes."""
    while not over.wait(HEARTBEAT_SECONDS):
        try:
            store.work.report(run.id, worker, ())
        except (LostRunError, StoreError):
            continue  # the training thread meets the same error and handles it


if __name__ == "__main__":
    sys.exit(main())
