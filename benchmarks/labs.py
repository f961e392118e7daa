"""How long the labs' default computations take, against what their buttons say.

    python -m benchmarks.labs [NAME ...] [--rounds N]

Each is run as a page runs it, in up to two processes that have loaded everything before the click, and nothing is kept
from one to the next. `from` and `to` are the estimate on the button, by the machine's speed just before, `takes` the
median of the rounds in seconds, with the longest; `inside` counts the rounds that kept to their estimate. A name such
as `lesion` takes the computations whose names begin so.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from explorer.experiments import WARM, Answer, ExperimentRequest, ExperimentRun, Subject
from explorer.experiments.claims import CLAIMS
from explorer.experiments.client import MOST_WAYS
from explorer.experiments.estimates import expected_range
from explorer.jobs.machine_speed import Slowdown, SpeedMeter
from explorer.jobs.paths import DATA_VARIABLE
from explorer.model import assemble, preset
from explorer.ui.labs import bottleneck

LOADED_SECONDS = 4.0
"""Time for a warm process to load everything."""
LONG = 10.0
"""Seconds above which a lab must say how long it takes."""


DEFAULTS = {
    "degradation/sweep": "1 degradation sweep",
    "degradation/copy": "1 degradation copy",
    "degradation/insert": "1 degradation insert",
    "degradation/learn": "1 degradation learn",
    "degradation/decay": "1 degradation decay",
    "degradation/optimiser": "1 degradation optimiser",
    "signal/blocks": "2 signal blocks",
    "signal/blocks/no norm": "2 signal blocks without norm",
    "signal/factor": "2 signal factor",
    "shortcuts/kinds": "3 shortcuts kinds",
    "shortcuts/options": "3 shortcuts options",
    "order/orders": "4 order",
    "lesion/damage": "7 lesion damage",
    "lesion/paths": "7 lesion paths",
    "landscape/slices": "8 landscape",
    "inside/maps": "9 inside",
    "shattered/gradients": "11 shattered gradients",
    "shattered/inputs": "11 two inputs",
    "refinement/blocks": "10 refinement",
    "fold/layers": "13 fold",
    "starts/grid": "12 starts",
    "starts/branches": "12 branches",
}
"""The name of each default computation here, by one of its claims."""


def requests() -> Mapping[str, ExperimentRequest]:
    """The default computation of every part of a lab that has one, as the page asks for it."""
    blocks = bottleneck.basic_and_bottleneck(preset("resnet34"), "width")
    timed = tuple(Subject(name, replace(spec, image_size=128)) for name, spec in blocks.items())
    claims = {DEFAULTS[claim.name]: claim.request() for claim in CLAIMS if claim.request and claim.name in DEFAULTS}
    order = claims["4 order"]
    return claims | {
        "4 order on gratings": replace(order, training=replace(order.training, dataset="gratings")),
        "6 bottleneck time": ExperimentRequest("measure", timed, parameters={"passes": "inference"}),
        "6 bottleneck layers": ExperimentRequest("layer_times", timed),
    }


def seconds_of(request: ExperimentRequest) -> float:
    """Seconds from the click to the answer, with warm processes. Raises RuntimeError where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[DATA_VARIABLE] = folder
        WARM.dismiss()
        WARM.prepare(MOST_WAYS)
        time.sleep(LOADED_SECONDS)
        begin = time.perf_counter()
        found = ExperimentRun(request).wait()
        took = time.perf_counter() - begin
        WARM.dismiss()
    if not isinstance(found, Answer):
        raise RuntimeError(f"no answer: {found}")
    return took


def present_slowdown(meter: SpeedMeter) -> Slowdown:
    """The machine's slowdown now."""
    meter.forget()
    while (found := meter.latest()) is None:
        time.sleep(0.02)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is asked for and prints a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.labs", description="Times the labs' default computations.")
    parser.add_argument("names", nargs="*", help="how the computations' names, or the labs' numbers, begin")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(arguments)
    meter = SpeedMeter()
    print(f"{'lab':24}{'from':>8}{'to':>8}{'takes':>8}{'most':>8}{'inside':>8}  MACs of the networks", flush=True)
    for name, request in requests().items():
        words = (name, name.partition(" ")[2])
        if given.names and not any(word.startswith(wanted) for word in words for wanted in given.names):
            continue
        said, took = [], []
        for _ in range(given.rounds):
            said.append(expected_range(request, present_slowdown(meter)))
            took.append(seconds_of(request))
        low, high = (statistics.median(ends) for ends in zip(*said, strict=True))
        inside = sum(each.low <= seconds <= each.high for each, seconds in zip(said, took, strict=True))
        median = statistics.median(took)
        macs = ", ".join(f"{assemble(each.spec).cost.macs:,}" for each in request.networks)
        long = "  above 10 s: says so" if median > LONG else ""
        kept = f"{inside} of {given.rounds}"
        print(f"{name:24}{low:8.1f}{high:8.1f}{median:8.1f}{max(took):8.1f}{kept:>8}  {macs}{long}", flush=True)
    meter.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
