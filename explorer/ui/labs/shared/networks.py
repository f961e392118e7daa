"""The control that chooses a lab's network: the small one, the visitor's from Build, or finished runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.experiments import CATALOGUE, QUICK_TRAINING, ExperimentRequest, Subject, small_network
from explorer.experiments.claims import Plan, lesion
from explorer.experiments.claims.claim import one_network
from explorer.language import N_, _
from explorer.model import ModelSpec
from explorer.runs.records import RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.ui.common.address import AddressField
from explorer.ui.common.lesson_step import lock
from explorer.ui.common.networks import network_label, network_name, network_spec
from explorer.ui.common.session import LAST_VALID_SPEC
from explorer.ui.labs.shared import experiment, finished_runs
from explorer.ui.labs.shared.lab import NET, RUNS, SOURCE, Controls, number, remember, remembered

SMALL, MINE, RUN = "small", "mine", "run"
SOURCES = {SMALL: N_("Small network"), MINE: N_("My network"), RUN: N_("A finished run")}
HELP = N_(
    "The small network is one of He et al. 2015, section 4.2, at half its width; it trains in seconds. "
    "Your network is the one on Build, or the one of the link that opened this page; it is fitted to the images."
)
RUN_HELP = N_(" A finished run comes from the Train page: the lab uses its trained weights and trains nothing.")
PLAIN, RESIDUAL = lesion.PLAIN, lesion.RESIDUAL
"""Labels of a network's plain twin and of the network beside it."""
with_plain_twin = lesion.with_plain_twin
SMALL_DEPTHS = (8, 14, 20, 32, 44, 56)
"""Depths of the small network, in layers."""


def depth_field(
    default: int,
    depths: Sequence[int] = SMALL_DEPTHS,
    help: str = N_("Layers of the small network."),
    name: str = "depth",
) -> AddressField:
    """The field of the small network's depth, in layers."""
    return number(name, N_("Layers"), depths, default, help)


MOST_RUNS = {name: each.lab.most_runs for name, each in CATALOGUE.items() if each.lab is not None}
"""The most finished runs that an experiment compares."""


@dataclass(frozen=True)
class NetworkChoice:
    """A network to train here, or finished runs; neither while the visitor has not chosen a run."""

    network: ModelSpec | None = None
    runs: tuple[RunRecord, ...] = ()

    @property
    def trains(self) -> bool:
        """Whether the lab trains the network."""
        return self.network is not None

    def request(
        self,
        name: str,
        parameters: Mapping[str, Any],
        subjects: Callable[[ModelSpec], tuple[Subject, ...]] = one_network,
        training: TrainingSettings = QUICK_TRAINING,
    ) -> ExperimentRequest | None:
        """The request for experiment `name`, on the runs or on the `subjects` made from the network.

        None if no run is chosen, or if the request is not valid; then the page shows the reason.
        """
        return self.ask(Plan(name, parameters, subjects, training))

    def ask(self, plan: Plan) -> ExperimentRequest | None:
        """The request for what a part plans: of the network, or, with the plan's parameters, on the runs.

        None if no run is chosen, or if the request is not valid; then the page shows the reason.
        """

        def make() -> ExperimentRequest:
            if self.network is not None:
                return plan.request(self.network)
            runs = self.runs
            return ExperimentRequest(
                plan.experiment, finished_runs.subjects(runs), finished_runs.training_settings(runs), plan.parameters
            )

        return experiment.try_to_make(make) if self.trains or self.runs else None


def choose_network_or_runs(controls: Controls, used_by: str, name: str = "depth") -> NetworkChoice:
    """One of the three sources: a network as `choose_small_or_own` offers it, or finished runs.

    Of runs, at most as many as the experiment `used_by` compares. Raises KeyError for one that uses no runs.
    """
    if _choose_source(SOURCES, _(HELP) + _(RUN_HELP)) == RUN:
        remember(NET.name, "")
        return NetworkChoice(runs=finished_runs.choose_runs(MOST_RUNS[used_by]))
    return NetworkChoice(_visitor_network() or small_network(controls.whole(name)))


def choose_small_or_own(controls: Controls, name: str = "depth") -> ModelSpec:
    """The visitor's network, or the small one with a slider for its depth, the field `name` of the part."""
    return choose_network() or small_network(controls.whole(name))


def choose_network(lab_network: str = SOURCES[SMALL], help: str = HELP) -> ModelSpec | None:
    """The visitor's network; None for the lab's, whose label is `lab_network`."""
    _choose_source({SMALL: lab_network, MINE: SOURCES[MINE]}, _(help))
    return _visitor_network()


def _choose_source(offered: dict[str, str], help: str) -> str:
    """The key of the chosen source. A source that is not offered here counts as no choice."""
    if st.session_state.get(SOURCE) not in offered:
        linked = RUN if remembered(RUNS.name) else MINE if remembered(NET.name) else SMALL
        st.session_state[SOURCE] = linked if linked in offered else SMALL
    source = st.segmented_control(
        _("Network"),
        list(offered),
        default=st.session_state[SOURCE],
        format_func=lambda source: _(offered[source]),
        key=SOURCE,
        required=True,
        **lock(NET.name, help=help),
    )
    if source != RUN:
        remember(RUNS.name, "")
    return source or SMALL


def _visitor_network() -> ModelSpec | None:
    """The network of the link or of Build, if chosen."""
    if st.session_state[SOURCE] == SMALL:
        remember(NET.name, "")
        return None
    name = remembered(NET.name) or network_name(st.session_state.get(LAST_VALID_SPEC) or ModelSpec())
    spec = network_spec(name)
    remember(NET.name, name)
    st.caption(_("{network}, {depth} layers.").format(network=network_label(name), depth=spec.depth))
    return spec
