"""The controls of a training comparison, made from the settings' bounds and choices."""

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from explorer.jobs.errors import SettingsError
from explorer.language import _
from explorer.model import PRESETS
from explorer.outputs.formatting import capitalised
from explorer.runs.settings import CHOICES, NUMBERS, OPTIMISERS, SCHEDULES
from explorer.ui.common.address_bar import current_query, state_of_address, write_query
from explorer.ui.common.networks import network_label
from explorer.ui.common.remembered_widgets import bound
from explorer.ui.common.session import has_arrived, went_back
from explorer.ui.common.setting_labels import setting_label
from explorer.ui.train.dataset_panel import dataset_panel
from explorer.ui.train.setup import ADDRESS, MOST_NETWORKS, MOST_REPEATS, TrainingSetup
from explorer.ui.train.start_panel import START, Described, about_choices, start_panel, take_setting

SETUP, COMPARISON = "train.setup", "train.race"
FIRST = ("steps", "learning_rate", "batch_size", "seed")
"""The settings that are always visible; the others are in an expander."""
STEP = {"steps": 50, "batch_size": 16, "learning_rate": 0.005, "momentum": 0.05, "weight_decay": 0.0001}


def current_setup() -> TrainingSetup:
    """This visitor's comparison in preparation; read from the link on arrival."""
    read = ADDRESS.read(current_query())
    race = read.values.get("race")
    if went_back() or (has_arrived() and race):
        st.session_state[COMPARISON] = race
    setup = state_of_address(SETUP, TrainingSetup.from_query, besides=("race",))
    if has_arrived():
        setup.warnings = read.warnings
    return setup


def write_address(setup: TrainingSetup) -> None:
    """Writes the comparison shown and the comparison in preparation into the address bar."""
    write_query({**ADDRESS.write({"race": st.session_state.get(COMPARISON) or ""}), **setup.to_query()})


def _take_named_networks(setup: TrainingSetup) -> None:
    setup.named_networks = list(st.session_state["networks"])
    setup.warnings.clear()


def network_picker(setup: TrainingSetup, problem: str | None) -> None:
    """Draws the choice among known networks and those that came from Build."""
    st.multiselect(
        _("Networks"),
        list(dict.fromkeys([*PRESETS, *setup.named_networks])),
        setup.named_networks,
        format_func=network_label,
        max_selections=MOST_NETWORKS,
        **bound(
            "networks",
            setup.named_networks,
            _take_named_networks,
            setup,
            sets=("net",),
            help=_(
                "Known networks by name; add your own with “Train this network” on the Build page. All networks get the"
                " same images in the same order. Their input size and classes are fitted to the data set."
            ),
        ),
    )
    if problem:
        st.error(problem, icon=":material/error:")


CHOICE_HELP: Mapping[str, Mapping[str, Described]] = MappingProxyType({"schedule": SCHEDULES, "optimiser": OPTIMISERS})


def setting_control(setup: TrainingSetup, name: str, problem: str | None) -> None:
    """Draws one setting: a menu where there are choices, otherwise a number within its bounds."""
    value = setup.settings[name]
    if name in CHOICES:
        choices = CHOICES[name]
        st.selectbox(
            setting_label(name),
            list(choices),
            list(choices).index(value) if value in choices else 0,
            format_func=lambda key: _(choices.get(key, str(key))),
            **bound(
                *(name, value, take_setting, setup, name),
                help=about_choices(CHOICE_HELP[name]) if name in CHOICE_HELP else None,
            ),
        )
    else:
        number, about = type(value), NUMBERS[name].about
        low, high = NUMBERS[name].kind.low, NUMBERS[name].kind.high
        st.number_input(
            setting_label(name),
            number(low),
            number(high),
            value,
            step=number(STEP.get(name, 1)),
            format="%d" if number is int else "%g",
            **bound(
                *(name, value, take_setting, setup, name),
                help=_("{about}. From {low} to {high}.").format(
                    about=capitalised(_(about)), low=f"{low:,g}", high=f"{high:,g}"
                ),
            ),
        )
    if problem:
        st.error(problem, icon=":material/error:")


def _take_repeats(setup: TrainingSetup) -> None:
    setup.repeats = st.session_state["seeds"]


def setup_panel(setup: TrainingSetup, error: SettingsError | None) -> None:
    """Draws all controls of the comparison, each with its error."""
    problems = {error.field: _("{message}.").format(message=capitalised(error.message))} if error else {}
    network_picker(setup, problems.get("networks"))
    dataset_panel(setup, problems.get("dataset"))
    for name in FIRST:
        setting_control(setup, name, problems.get(name))
    st.slider(
        _("Runs of each network"),
        1,
        MOST_REPEATS,
        setup.repeats,
        **bound(
            "seeds",
            setup.repeats,
            _take_repeats,
            setup,
            help=_(
                "With more than one, each run has its own seed (the same seeds for all networks). This shows how much"
                " of a difference is chance."
            ),
        ),
    )
    rest = [name for name in setup.settings if name not in ("dataset", *FIRST, *START)]
    with st.expander(_("More settings"), expanded=any(name in problems for name in rest)):
        for name in rest:
            setting_control(setup, name, problems.get(name))
    start_panel(setup, problems)
