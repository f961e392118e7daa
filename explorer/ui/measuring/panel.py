"""A measurement of the network on Build: its settings, the button, the progress, and the result.

Timing and Memory show two sides of the same measurement, so that they share its settings.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from explorer.experiments import Answer, ExperimentRequest, Progress, Refusal, Subject
from explorer.experiments.catalogue.measure import DEVICES, OPTIMISERS, PRECISIONS, MeasureResult
from explorer.jobs.capacity import usable_cores
from explorer.jobs.errors import SettingsError
from explorer.model import ModelSpec, assemble
from explorer.outputs import formatting
from explorer.ui.common.remembered_widgets import left, menu
from explorer.ui.common.visitor import visitor
from explorer.ui.measuring.durations import rounded_seconds
from explorer.ui.measuring.jobs import Job, manager

POLL_SECONDS = 0.5
TROUBLE = "measure.trouble"
CANCELLED = "Cancelled."
"""What a run says that was ended by its owner."""
LABEL = "network"
"""What the one network of a request is called, whatever its title: equal networks share a measurement."""
SECONDS_PER_OP, SECONDS_PER_MAC = 4e-5, 1e-10
"""Of a forward pass on one busy core; a training step takes three times as long."""
PASSES_BESIDE, FEWEST_PASSES = 21, 20
"""Forward passes that memory, blocks and the warm-up are worth, and the fewest repeats of both timed passes."""
STARTING = 1.5


@dataclass(frozen=True)
class Setting:
    """A menu: a table from key to label, the first key, what it means, and how wide it is."""

    label: str
    options: Mapping[str, str]
    first: str
    help: str
    width: int


SETTINGS: Mapping[str, Setting] = {
    "batch": Setting(
        "Batch",
        {str(size): formatting.plural(size, "image") for size in (1, 2, 4, 8, 16, 32, 64, 128, 256)},
        "1",
        "Images that go through the network at a time.",
        150,
    ),
    "precision": Setting(
        "Precision",
        PRECISIONS,
        "fp32",
        "fp32: all in 32-bit floats. bf16 autocast: convolutions and what follows them in 16-bit brain floats, weights"
        " and their updates in 32-bit ones.",
        180,
    ),
    "optimiser": Setting(
        "Optimiser",
        OPTIMISERS,
        "momentum",
        "What it remembers of every parameter: SGD nothing, with momentum one value, Adam two.",
        210,
    ),
    "device": Setting(
        "Device",
        DEVICES,
        "auto",
        "Where it is measured. A device that this machine does not have is refused with a sentence.",
        210,
    ),
    "threads": Setting(
        "Threads",
        {str(count): formatting.plural(count, "thread") for count in range(1, min(usable_cores(), 64) + 1)},
        "1",
        "Processor threads of the measuring process; on a graphics card they hardly matter.",
        150,
    ),
    "seconds": Setting(
        "Time allowed",
        {str(count): f"{count} s" for count in (2, 4, 10, 30, 60)},
        "4",
        "How long the passes are repeated, half of it each; at least 5 repeats are made. More time, narrower"
        " quartiles.",
        150,
    ),
}
"""The settings of a measurement, by the names of the experiment's parameters."""


def settings(*shown: str) -> dict[str, str]:
    """Every setting's key; menus are drawn for those `shown`, the others are as they were left elsewhere."""
    chosen = {}
    for name, each in SETTINGS.items():
        key = f"measure.{name}"
        if name in shown:
            chosen[name] = menu(key, each.label, each.options, each.first, each.help, each.width)
        else:
            value = left(key, each.first)
            chosen[name] = value if value in each.options else each.first
    return chosen


def ask(spec: ModelSpec, chosen: Mapping[str, str]) -> ExperimentRequest | None:
    """The request, or None and a sentence on the page where this machine cannot hold it."""
    parameters = {name: int(value) if value.isdigit() else value for name, value in chosen.items()}
    try:
        return ExperimentRequest("measure", (Subject(LABEL, spec),), parameters=parameters)
    except SettingsError as error:
        st.error(f"{error.message[:1].upper()}{error.message[1:]}.", icon=":material/memory:")
        return None


def expected_seconds(request: ExperimentRequest) -> float:
    """Seconds from the click to the end, on one core."""
    graph = assemble(request.networks[0].spec)
    ops = sum(1 for _ in graph.nodes())
    once: float = SECONDS_PER_OP * ops + SECONDS_PER_MAC * request.parameters["batch"] * graph.cost.macs
    return STARTING + PASSES_BESIDE * once + max(float(request.parameters["seconds"]), FEWEST_PASSES * once)


def measured(request: ExperimentRequest) -> MeasureResult | None:
    """What is known of the request: just measured, or kept from before."""
    job = manager().job(request)
    latest = job.run.latest if job else None
    answer = latest if isinstance(latest, Answer) else manager().answer(request)
    return answer.result if answer is not None and isinstance(answer.result, MeasureResult) else None


def show_measurement(request: ExperimentRequest, name: str, draw: Callable[[MeasureResult | None], None]) -> None:
    """The button, or how far it is, and what `draw` makes of what is known; drawn again by itself meanwhile.

    `name` begins the widgets' keys.
    """
    manager().prepare()
    job = manager().job(request)
    at_work = job is not None and not job.run.is_over
    st.fragment(_body, run_every=POLL_SECONDS if at_work else None)(request, name, draw, visitor(), at_work)


def _body(
    request: ExperimentRequest, name: str, draw: Callable[[MeasureResult | None], None], owner: str, was_at_work: bool
) -> None:
    job = manager().job(request)
    at_work = job is not None and not job.run.is_over
    if at_work != was_at_work:
        # The whole page: how often this part is drawn by itself was settled when it was drawn with the page.
        st.rerun()
    if job is not None and at_work:
        _progress(request, name, job, owner)
        so_far = getattr(job.run.latest, "so_far", None)
        draw(so_far if isinstance(so_far, MeasureResult) else None)
        return
    result = measured(request)
    _button(request, name, owner, again=result is not None)
    if job is not None and isinstance(job.run.latest, Refusal):
        refusal = job.run.latest
        say, icon = (st.info, "info") if refusal.message == CANCELLED else (st.error, "error")
        say(refusal.message, icon=f":material/{icon}:")
    draw(result)


def _button(request: ExperimentRequest, name: str, owner: str, *, again: bool) -> None:
    seconds = rounded_seconds(expected_seconds(request))
    st.button(
        "Measure again" if again else f"Measure on this machine, about {seconds}",
        key=f"{name}.measure",
        type="secondary" if again else "primary",
        icon=":material/timer:",
        on_click=_start,
        args=(request, owner),
        help="Runs this very network with random weights and images in a process of its own, warmed up: peak memory,"
        " every block, then forward, and forward + backward, over and over. Other work on the machine shows in the"
        " times.",
    )
    if trouble := st.session_state.pop(TROUBLE, ""):
        st.error(trouble, icon=":material/hourglass_disabled:")


def _start(request: ExperimentRequest, owner: str) -> None:
    manager().kept.delete(request.key)
    st.session_state[TROUBLE] = manager().start(request, owner)


def _progress(request: ExperimentRequest, name: str, job: Job, owner: str) -> None:
    latest, elapsed = job.run.latest, time.monotonic() - job.begun
    done, what = 0.0, "Waiting for a free processor"
    if isinstance(latest, Progress):
        done, what = min(1.0, latest.done / max(1, latest.total)), latest.what.replace(f" {LABEL}:", "")
    left = elapsed * (1 - done) / done if done > 0.25 else max(expected_seconds(request) - elapsed, 1.0)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{name}.progress"):
        st.progress(done, f"{what} · about {rounded_seconds(max(1.0, left))} left", width="stretch")
        if job.owner == owner:
            st.button("Cancel", key=f"{name}.cancel", icon=":material/stop:", on_click=job.run.cancel)
        else:
            st.caption("Started by somebody else; you see its progress.")
