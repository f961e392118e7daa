"""A measurement on this machine: its settings on Build, the button, the progress, and the result.

Build's Timing and Memory show the same measurement and share its settings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from explorer.experiments import ExperimentRequest, Subject
from explorer.experiments.catalogue.measure import (
    BUSY_BELOW,
    DEVICES,
    OPTIMISERS,
    PRECISIONS,
    MeasureResult,
    Timing,
)
from explorer.experiments.request_values import LONGEST_LABEL
from explorer.jobs.capacity import usable_cores
from explorer.jobs.errors import SettingsError
from explorer.language import N_, Text, _, counted, ngettext, sentence, told
from explorer.model import ModelSpec
from explorer.outputs import formatting
from explorer.outputs.tables.table import Cell, Share
from explorer.ui.common.remembered_widgets import left, menu
from explorer.ui.measuring.jobs import manager
from explorer.ui.measuring.progress import measure_again, show_job
from explorer.ui.measuring.time_ranges import ESTIMATE_HELP, range_text, request_range

LABEL = "network"
"""The label of Build's network in every request, so that equal networks share a measurement."""


@dataclass(frozen=True)
class Setting:
    """A menu: its label, a table from key to label, the first key, the help text, and the width in pixels."""

    label: str
    options: Mapping[str, Text]
    first: str
    help: str
    width: int


BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
SETTINGS: Mapping[str, Setting] = {
    "batch": Setting(
        N_("Batch"),
        {
            str(size): counted("{count} image", "{count} images", count=size)
            for size in (1, *(2**k for k in range(1, 9)))
        },
        "1",
        N_("Images that go through the network at the same time."),
        150,
    ),
    "precision": Setting(
        N_("Precision"),
        PRECISIONS,
        "fp32",
        N_(
            "fp32: everything in 32-bit floats. bf16 autocast: convolutions and the layers after them in 16-bit brain"
            " floats, weights and their updates in 32-bit floats."
        ),
        180,
    ),
    "optimiser": Setting(
        N_("Optimiser"),
        OPTIMISERS,
        "momentum",
        N_("The optimiser stores values for each parameter: none for SGD, one with momentum, two for Adam."),
        210,
    ),
    "device": Setting(
        N_("Device"),
        DEVICES,
        "auto",
        N_("The device for the measurement. You get a message where this machine does not have it."),
        210,
    ),
    "threads": Setting(
        N_("Threads"),
        {
            str(count): counted("{count} thread", "{count} threads", count=count)
            for count in range(1, min(usable_cores(), 64) + 1)
        },
        "1",
        N_(
            "Processor threads that compute one network together, from one to all cores of this machine. Small networks"
            " gain little from more than one. On a busy machine threads wait for one another: a measurement can then"
            " take many times as long. On a graphics card they have little effect."
        ),
        150,
    ),
    "seconds": Setting(
        N_("Time allowed"),
        {str(count): f"{count} s" for count in (2, 4, 10, 30, 60)},
        "4",
        N_(
            "The most that the passes of all networks are repeated, at least 6 times each. They end earlier, once the"
            " confidence interval of every median is no wider than 5 % of it."
        ),
        150,
    ),
}
"""The settings of a measurement, by the names of the experiment's parameters."""
PASS_COLUMNS: Mapping[str, str] = {
    "pass": N_("pass"),
    "median_ms": N_("median, ms"),
    "low_ms": N_("median from, ms"),
    "high_ms": N_("median to, ms"),
    "lower_ms": N_("lower quartile, ms"),
    "upper_ms": N_("upper quartile, ms"),
    "lowest_ms": N_("fastest, ms"),
    "highest_ms": N_("slowest, ms"),
    "repeats": N_("repeats"),
    "threads": N_("threads"),
    "processor_share": N_("with a processor"),
    "busy": N_("busy"),
    "images_per_s": N_("images a second"),
    "gmacs_per_s": N_("forward G MACs a second"),
}
"""The labels of a timed pass's columns by their keys; the files have them all."""
SHOWN_COLUMNS = ("pass", "median_ms", "low_ms", "high_ms", "repeats", "processor_share", "images_per_s", "gmacs_per_s")
"""The columns on the page."""
INTERVAL_HELP = N_("Confidence interval of the median, 95 %, by order statistics: no distribution of times is assumed.")
PASS_HELPS: Mapping[str, Text] = {
    "pass": N_("Forward: inference. Forward + backward: a training step without the update."),
    "median_ms": N_("Half of the repeats were faster."),
    "low_ms": INTERVAL_HELP,
    "high_ms": INTERVAL_HELP,
    "repeats": N_("Timed passes, after two that were not."),
    "processor_share": sentence(
        "Part of the time in which the computing thread had a processor. Below {share:.0%} the machine was busy with"
        " other work, and the times are longer for it.",
        share=BUSY_BELOW,
    ),
    "images_per_s": N_("The batch over the median."),
    "gmacs_per_s": N_("Multiply-adds of the batch's forward pass, over the median."),
}
"""The help texts of a timed pass's columns by their keys."""


def settings(*shown: str) -> dict[str, str]:
    """The chosen key of every setting; menus are drawn for those `shown`, the others keep their last value."""
    chosen = {}
    for name, each in SETTINGS.items():
        key = f"measure.{name}"
        if name in shown:
            options = {value: told(label) for value, label in each.options.items()}
            shown_as = (key, _(each.label), options, each.first)
            chosen[name] = menu(*shown_as, help=_(each.help), sets=(name,), width=each.width)
        else:
            value = left(key, each.first)
            chosen[name] = value if value in each.options else each.first
    return chosen


def ask(networks: Mapping[str, ModelSpec], chosen: Mapping[str, str]) -> ExperimentRequest | None:
    """The request for these networks by label; None, with a message on the page, where this machine cannot hold it."""
    parameters = {name: int(value) if value.isdigit() else value for name, value in chosen.items()}
    subjects = tuple(Subject(label[:LONGEST_LABEL], spec) for label, spec in networks.items())
    try:
        return ExperimentRequest("measure", subjects, parameters=parameters)
    except SettingsError as error:
        st.error(_("{message}.").format(message=formatting.capitalised(error.message)), icon=":material/memory:")
        return None


def show_measurement(request: ExperimentRequest, name: str, draw: Callable[[MeasureResult | None], None]) -> None:
    """Draws the button or the progress, and calls `draw` with the result; refreshes itself during a measurement.

    `name` begins the widgets' keys.
    """
    manager().prepare()
    show_job(request, name, lambda answer: _button(request, name, again=answer is not None), draw)


def _button(request: ExperimentRequest, name: str, *, again: bool) -> None:
    label = _("Measure again, {time}") if again else _("Measure on this machine, {time}")
    st.button(
        label.format(time=range_text(request_range(request))),
        key=f"{name}.measure",
        type="secondary" if again else "primary",
        icon=":material/timer:",
        on_click=measure_again,
        args=(request,),
        help=_(
            "Runs the networks with random weights and images in a separate process: peak memory, every block, then"
            " repeated forward passes and forward + backward passes, after a warm-up; several networks in turn, so that"
            " all see the same load. {estimate}"
        ).format(estimate=_(ESTIMATE_HELP)),
    )


def conditions(result: MeasureResult) -> str:
    """Where and how it was measured, in a sentence."""
    device = "{device}"
    if result.device == "cpu":
        device = ngettext("{device}, {count} thread", "{device}, {count} threads", result.threads)
    return _("Measured on {device}, {precision}, batch {batch}, torch {version}.").format(
        device=device.format(device=result.device_name, count=result.threads),
        precision=result.precision,
        batch=result.batch_size,
        version=result.versions.get("torch", ""),
    )


def pass_cells(timing: Timing, macs: int, threads: int) -> tuple[Cell, ...]:
    """The cells of `PASS_COLUMNS` for a pass of a network with so many MACs for each image."""
    spread = (timing.median, *timing.interval, *timing.quartiles, min(timing.seconds), max(timing.seconds))
    share = Share(timing.processor_share) if timing.processor_seconds else None
    rate = macs * timing.images_per_second / 1e9 if timing.name == "forward" else None
    busy = _("yes") if timing.busy else _("no") if timing.processor_seconds else None
    known = (timing.repeats, threads, share, busy, timing.images_per_second, rate)
    return (_(timing.name), *(1e3 * each for each in spread), *known)


def draw_busy(result: MeasureResult) -> None:
    """Says so where other work on the machine disturbed the measurement."""
    if result.busy:
        st.warning(busy_text(result), icon=":material/warning:")


def busy_text(result: MeasureResult) -> str:
    """That the machine was busy, how much, and what to do."""
    share = formatting.percent(result.processor_share)
    return _(
        "**The machine was busy**: the measurement had a processor for only {share} of its time. The times are longer"
        " than on an idle machine. For times to rely on, let other work end and measure again."
    ).format(share=share)
