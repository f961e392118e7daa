"""Whose network a laboratory looks at: the small one it knows, the visitor's own from Build, or a finished run's."""

from dataclasses import dataclass

import streamlit as st

from explorer.experiments import QUICK_TRAINING, Subject
from explorer.model import ModelSpec, SpecError
from explorer.runs.records import RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.ui.common.networks import network_label, network_name, network_spec
from explorer.ui.common.session import LAST_VALID_SPEC
from explorer.ui.labs.shared import finished_runs
from explorer.ui.labs.shared.controls import NET, RUNS, SOURCE, remember, remembered

SMALL, MINE, RUN = "small", "mine", "run"
SOURCES = {SMALL: "Small network", MINE: "My network", RUN: "A finished run"}
HELP = (
    "The small network is one of He et al. 2015, section 4.2, at half its width, and is trained in seconds. "
    "Your network is the one on Build, or of the link that opened this page; it is fitted to the images."
)
RUN_HELP = " A finished run is one of the Train page's: its trained weights are looked at, nothing is trained here."


@dataclass(frozen=True)
class NetworkChoice:
    """The visitor's own network, or finished runs, or neither: then it is the laboratory's."""

    spec: ModelSpec | None = None
    runs: tuple[RunRecord, ...] = ()
    missing: bool = False
    """Whether a run is still to be chosen, so that there is nothing to look at yet."""

    @property
    def small(self) -> bool:
        """Whether the laboratory's own network is meant."""
        return self.trains and self.spec is None

    @property
    def trains(self) -> bool:
        """Whether the network is trained here."""
        return not self.runs and not self.missing

    def subjects(self, trained: tuple[Subject, ...]) -> tuple[Subject, ...]:
        """The runs' networks, or those to be trained here."""
        return finished_runs.subjects(self.runs) if self.runs else trained

    def settings(self, trained: TrainingSettings = QUICK_TRAINING) -> TrainingSettings:
        """How the runs were trained, or how training is done here. Raises SettingsError."""
        return finished_runs.training_settings(self.runs) if self.runs else trained


def choose_network_or_runs(most_runs: int) -> NetworkChoice:
    """One of all three sources; up to `most_runs` finished runs at once."""
    if _source(SOURCES, HELP + RUN_HELP) != RUN:
        return NetworkChoice(_own())
    remember(NET, "")
    runs = finished_runs.choose_runs(most_runs)
    return NetworkChoice(runs=runs, missing=not runs)


def choose_network(known: str = SOURCES[SMALL], help: str = HELP) -> ModelSpec | None:
    """The visitor's own network, or None for the laboratory's, called `known`; its link stands in the address."""
    _source({SMALL: known, MINE: SOURCES[MINE]}, help)
    return _own()


def _source(offered: dict[str, str], help: str) -> str:
    """The control itself; a source that is not offered here is as if nothing had been chosen."""
    if st.session_state.get(SOURCE) not in offered:
        linked = RUN if remembered(RUNS) else MINE if remembered(NET) else SMALL
        st.session_state[SOURCE] = linked if linked in offered else SMALL
    source = st.segmented_control(
        "Network", list(offered), format_func=offered.__getitem__, key=SOURCE, help=help, required=True
    )
    if source != RUN:
        remember(RUNS, "")
    return source or SMALL


def _own() -> ModelSpec | None:
    """The network of Build or of the link, where that is chosen; None and a sentence where it cannot be."""
    if st.session_state[SOURCE] == SMALL:
        remember(NET, "")
        return None
    name = remembered(NET) or network_name(st.session_state.get(LAST_VALID_SPEC) or ModelSpec())
    try:
        spec = network_spec(name)
    except SpecError as error:
        st.error(f"The link's network cannot be: {error.message} The small one is used.", icon=":material/link_off:")
        return None
    remember(NET, name)
    st.caption(f"{network_label(name)}, {spec.depth} layers.")
    return spec
