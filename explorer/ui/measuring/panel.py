"""A measurement of the network on Build: its settings, the button, the progress, and the result.

Timing and Memory show the same measurement and share its settings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from explorer.experiments import ExperimentRequest, Subject
from explorer.experiments.catalogue.measure import DEVICES, OPTIMISERS, PRECISIONS, MeasureResult
from explorer.experiments.estimates import expected_seconds
from explorer.jobs.capacity import usable_cores
from explorer.jobs.errors import SettingsError
from explorer.model import ModelSpec
from explorer.outputs import formatting
from explorer.ui.common.remembered_widgets import left, menu
from explorer.ui.measuring.durations import rounded_seconds
from explorer.ui.measuring.jobs import Job, manager
from explorer.ui.measuring.progress import draw_errors, draw_polled, draw_progress, find_answer, start

LABEL = "network"
"""The label of the network in every request, so that equal networks share a measurement."""


@dataclass(frozen=True)
class Setting:
    """A menu: its label, a table from key to label, the first key, the help text, and the width in pixels."""

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
        "Images that go through the network at the same time.",
        150,
    ),
    "precision": Setting(
        "Precision",
        PRECISIONS,
        "fp32",
        "fp32: everything in 32-bit floats. bf16 autocast: convolutions and the layers after them in 16-bit brain"
        " floats, weights and their updates in 32-bit floats.",
        180,
    ),
    "optimiser": Setting(
        "Optimiser",
        OPTIMISERS,
        "momentum",
        "The optimiser stores values for each parameter: none for SGD, one with momentum, two for Adam.",
        210,
    ),
    "device": Setting(
        "Device",
        DEVICES,
        "auto",
        "The device for the measurement. You get a message where this machine does not have it.",
        210,
    ),
    "threads": Setting(
        "Threads",
        {str(count): formatting.plural(count, "thread") for count in range(1, min(usable_cores(), 64) + 1)},
        "1",
        "Processor threads of the measuring process; they have little effect on a graphics card.",
        150,
    ),
    "seconds": Setting(
        "Time allowed",
        {str(count): f"{count} s" for count in (2, 4, 10, 30, 60)},
        "4",
        "How long the two passes are repeated, half of the time each, at least 5 times. More time gives narrower"
        " quartiles.",
        150,
    ),
}
"""The settings of a measurement, by the names of the experiment's parameters."""


def settings(*shown: str) -> dict[str, str]:
    """The chosen key of every setting; menus are drawn for those `shown`, the others keep their last value."""
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
    """The request; None, with a message on the page, where this machine cannot hold it."""
    parameters = {name: int(value) if value.isdigit() else value for name, value in chosen.items()}
    try:
        return ExperimentRequest("measure", (Subject(LABEL, spec),), parameters=parameters)
    except SettingsError as error:
        st.error(f"{error.message[:1].upper()}{error.message[1:]}.", icon=":material/memory:")
        return None


def show_measurement(request: ExperimentRequest, name: str, draw: Callable[[MeasureResult | None], None]) -> None:
    """Draws the button or the progress, and calls `draw` with the result; refreshes itself during a measurement.

    `name` begins the widgets' keys.
    """
    manager().prepare()

    def draw_panel(job: Job | None, owner: str) -> None:
        if job is not None and not job.run.is_over:
            draw_progress(job, name, owner)
            draw(getattr(job.run.latest, "so_far", None))
            return
        answer = find_answer(request, job)
        _button(request, name, owner, again=answer is not None)
        draw_errors(job)
        draw(answer.result if answer is not None and isinstance(answer.result, MeasureResult) else None)

    draw_polled(request, draw_panel)


def _button(request: ExperimentRequest, name: str, owner: str, *, again: bool) -> None:
    seconds = rounded_seconds(expected_seconds(request))
    st.button(
        "Measure again" if again else f"Measure on this machine, about {seconds}",
        key=f"{name}.measure",
        type="secondary" if again else "primary",
        icon=":material/timer:",
        on_click=_start,
        args=(request, owner),
        help="Runs this network with random weights and images in a separate process: peak memory, every block, then"
        " repeated forward passes and forward + backward passes, after a warm-up. Other work on the machine makes the"
        " times longer.",
    )


def _start(request: ExperimentRequest, owner: str) -> None:
    manager().kept.delete(request.key)
    start(request, owner)
