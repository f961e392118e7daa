"""A shared run before it starts: what the teacher typed and chose, as plain values that may still be invalid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

import streamlit as st

from explorer.classes.errors import ClassError
from explorer.jobs.errors import SettingsError
from explorer.language import N_, sentence
from explorer.shared_runs.plan import Plan, read_values
from explorer.ui.common.setting_labels import setting_label
from explorer.ui.train.setup import TrainingSetup, query_of_setup
from explorer.ui.train.setup_panel import SETUP

ADDRESS, SHAPE, RUNS = "class.shared.address", "class.shared.shape", "class.shared.per_seat"
NAMES = ("class.shared.first", "class.shared.second")
VALUES = ("class.shared.first.values", "class.shared.second.values")
"""Keys of the controls: the address, seeds or a grid, runs of each seat, the settings of a grid and their values."""
LONGEST_ADDRESS = 4_000
SEEDS, GRID = "seeds", "grid"
SHAPES: Mapping[str, str] = {SEEDS: N_("one seed"), GRID: N_("one cell of a grid")}


@dataclass(frozen=True)
class Wanted:
    """What the form holds: Train's setup, the settings of the grid with their typed values, and runs of each seat."""

    setup: TrainingSetup
    varied: Sequence[tuple[str, str]]
    per_seat: int

    def plan(self) -> Plan:
        """The plan. Raises ClassError, with one sentence, for what does not fit."""
        try:
            networks, settings = self.setup.checked()
        except SettingsError as error:
            told = sentence("{setting}: {message}.", setting=setting_label(error.field), message=error.message)
            raise ClassError(told) from error
        varied = [read_values(name, text) for name, text in self.varied if name]
        return Plan(tuple(networks), settings, tuple(varied), self.per_seat)


def present_address() -> str:
    """The address with which the form begins: what Train holds in this session, or its usual networks."""
    setup = st.session_state.get(SETUP)
    return as_text(setup if isinstance(setup, TrainingSetup) else TrainingSetup())


def as_text(setup: TrainingSetup) -> str:
    """A setup of Train as an address."""
    return f"/train?{urlencode(query_of_setup(setup), doseq=True)}"


def read_address(text: str) -> TrainingSetup:
    """The setup of an address of Train, or of its query alone; its `warnings` say what was not understood."""
    text = text.strip()[:LONGEST_ADDRESS]
    query = urlsplit(text).query or ("" if "/" in text else text)
    return TrainingSetup.from_query(parse_qs(query, keep_blank_values=True))
