"""`python -m explorer.engine.experiments`: a request as a line on standard input, progress and result as lines of JSON.

The lines are those of `explorer.experiments.protocol`. A line `cancel`, or the end of the input, ends the process, at
the latest in the middle of what it is doing: it never outlives whoever asked.
"""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable

import torch

from explorer.engine.experiments import run_experiment
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.experiments.weights_cache import WeightsCache
from explorer.engine.training.device import be_nice, prepare_process
from explorer.experiments.protocol import error_line, progress_line, result_line
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import ExperimentResult
from explorer.jobs.errors import SettingsError, StoreError
from explorer.jobs.paths import data_directory
from explorer.model import SpecError

CANCELLED = 3
"""Exit code of a process that was told to stop."""
SO_FAR_SECONDS = 0.3
"""Partial results are told no more often than this."""


def main() -> int:
    """Answers one request."""
    say = _speaker()
    be_nice()
    prepare_process()
    line = _first_line()
    if not line:
        return CANCELLED
    threading.Thread(target=_await_end, name="lifeline", daemon=True).start()
    try:
        _answer(ExperimentRequest.from_json(line), say)
    except (SpecError, SettingsError) as error:
        say(error_line(error.message, error.field))
    except Exception as error:  # noqa: BLE001  whatever broke, whoever asked is told in a sentence
        traceback.print_exc()
        say(error_line(explain(error)))
    return 0


def _answer(request: ExperimentRequest, say: Callable[[str], None]) -> None:
    begin = told = time.perf_counter()
    trained_networks = TrainedNetworks(request.training, WeightsCache(data_directory() / "probes" / "weights"))
    for event in run_experiment(request, trained_networks):
        now = time.perf_counter()
        if isinstance(event, ExperimentResult):
            say(result_line(event, now - begin))
        else:
            shows = now - told > SO_FAR_SECONDS
            told = now if shows and event.so_far is not None else told
            say(progress_line(event, with_picture=shows))


def explain(error: Exception) -> str:
    """What went wrong, in a sentence."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate memory" in str(error):
        return "There is not enough memory for this; try a smaller network or smaller batches."
    text = str(error).splitlines()[0] if str(error) else "no more is known"
    return text if isinstance(error, StoreError) else f"The computation broke ({type(error).__name__}: {text[:200]})."


def _speaker() -> Callable[[str], None]:
    """Writes lines to what was standard output; what else is printed there goes to standard error instead."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(line: str) -> None:
        try:
            print(line, file=out, flush=True)
        except OSError:
            os._exit(CANCELLED)

    return say


def _first_line() -> str:
    """The request, read byte by byte from the descriptor: a buffered reader would swallow what comes after it."""
    heard = b""
    while not heard.endswith(b"\n"):
        piece = os.read(0, 1)
        if not piece:
            break
        heard += piece
    return heard.decode("utf-8", errors="replace")


def _await_end() -> None:
    heard = b""
    while b"cancel" not in heard:
        piece = os.read(0, 4096)
        if not piece:
            break
        heard = heard[-16:] + piece
    os._exit(CANCELLED)


if __name__ == "__main__":
    sys.exit(main())
