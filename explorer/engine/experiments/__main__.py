"""`python -m explorer.engine.experiments`: requests as lines on standard input, progress and results as lines of JSON.

The lines are those of `explorer.experiments.protocol`. The end of the input ends the process, even in the middle of a
computation: it never outlives the process that asked.
"""

import sys
import time
import traceback

import torch

from explorer.engine.experiments.registry import run_experiment
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.experiments.weights_cache import WeightsCache
from explorer.engine.training.device import prepare_process
from explorer.experiments.protocol import error_line, progress_line, result_line
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import ExperimentResult
from explorer.jobs.child_side import PARENT_GONE, Parent, lower_priority
from explorer.jobs.errors import SettingsError, StoreError, text_of
from explorer.jobs.paths import data_directory
from explorer.language import N_, Text, sentence
from explorer.model import SpecError

SO_FAR_SECONDS = 0.3
"""Partial results are sent no more often than this."""


def main() -> int:
    """Answers one request after another, until the parent has gone. Returns the exit code."""
    parent = Parent()
    lower_priority()
    prepare_process()
    while (line := parent.receive()) is not None:
        answer(line, parent)
    return PARENT_GONE


def answer(line: str, parent: Parent) -> None:
    """Writes the progress and the result of a request, or why there is none."""
    try:
        _answer(ExperimentRequest.from_json(line), parent)
    except (SpecError, SettingsError) as error:
        parent.send_line(error_line(error.told, error.field))
    except Exception as error:  # noqa: BLE001  whatever broke, the reader gets a sentence
        traceback.print_exc()
        parent.send_line(error_line(explain(error)))


def _answer(request: ExperimentRequest, parent: Parent) -> None:
    begin = last = time.perf_counter()
    networks = TrainedNetworks(request.training, WeightsCache(data_directory() / "probes" / "weights"))
    for event in run_experiment(request, networks):
        now = time.perf_counter()
        if isinstance(event, ExperimentResult):
            parent.send_line(result_line(event, now - begin))
        else:
            shows = now - last > SO_FAR_SECONDS
            last = now if shows and event.so_far is not None else last
            parent.send_line(progress_line(event, with_picture=shows))


def explain(error: Exception) -> Text:
    """What went wrong, in a sentence."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate memory" in str(error):
        return N_("There is not enough memory for this; try a smaller network or smaller batches.")
    if isinstance(error, StoreError):
        return text_of(error)
    text = str(error).splitlines()[0][:200] if str(error) else sentence("no more is known")
    return sentence("The computation broke ({kind}: {text}).", kind=type(error).__name__, text=text)


if __name__ == "__main__":
    sys.exit(main())
