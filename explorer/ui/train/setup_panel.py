"""The controls of a training comparison, made from the settings' bounds and choices."""

from typing import Any, cast

import streamlit as st

from explorer.jobs.errors import SettingsError
from explorer.model import PRESETS
from explorer.runs.settings import CHOICES, NUMBERS
from explorer.ui.common.networks import network_label
from explorer.ui.common.session import has_arrived, went_back
from explorer.ui.common.setting_labels import setting_label
from explorer.ui.common.widget_values import show
from explorer.ui.train.dataset_panel import dataset_panel
from explorer.ui.train.setup import MOST_NETWORKS, MOST_REPEATS, TrainingSetup

ENTRY, COMPARISON = "train.entry", "train.race"
FIRST = ("steps", "learning_rate", "batch_size", "seed")
"""The settings that stand in front; the others are folded away."""
STEP = {"steps": 50, "batch_size": 16, "learning_rate": 0.005, "momentum": 0.05, "weight_decay": 0.0001}


def current_entry() -> TrainingSetup:
    """This visitor's comparison in preparation, taken from the link on arrival."""
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    arrived = has_arrived()
    if ENTRY not in st.session_state or went_back() or (arrived and any(name != "race" for name in query)):
        st.session_state[ENTRY] = TrainingSetup.from_query(query)
    if "race" in query and (arrived or went_back()):
        st.session_state[COMPARISON] = query["race"][-1][:64]
    elif went_back():
        st.session_state.pop(COMPARISON, None)
    return cast(TrainingSetup, st.session_state[ENTRY])


def write_link(entry: TrainingSetup) -> None:
    """Puts the comparison on show and the comparison in preparation into the address bar."""
    query: dict[str, list[str] | str] = {}
    if st.session_state.get(COMPARISON):
        query["race"] = st.session_state[COMPARISON]
    query |= entry.to_query()
    now = {name: st.query_params.get_all(name) for name in st.query_params}
    if now != {name: value if isinstance(value, list) else [value] for name, value in query.items()}:
        st.query_params.from_dict(query)


def _take_named_networks(entry: TrainingSetup) -> None:
    entry.named_networks = list(st.session_state["networks"])
    entry.refused.clear()


def network_picker(entry: TrainingSetup, problem: str | None) -> None:
    """Known networks, and those that came from Build."""
    show("networks", entry.named_networks)
    st.multiselect(
        "Networks",
        list(dict.fromkeys([*PRESETS, *entry.named_networks])),
        format_func=network_label,
        key="networks",
        max_selections=MOST_NETWORKS,
        on_change=_take_named_networks,
        args=(entry,),
        help="Known networks by name; your own come from the Build page's “Train this network”. All get the same"
        " images in the same order. Their input size and classes are fitted to the data set.",
    )
    if problem:
        st.error(problem, icon=":material/error:")


def _take_setting(entry: TrainingSetup, name: str) -> None:
    entry.settings[name] = st.session_state[name]
    entry.refused.clear()


def setting_control(entry: TrainingSetup, name: str, problem: str | None) -> None:
    """One setting: a menu where there are choices, else a number within its bounds."""
    value = entry.settings[name]
    show(name, value)
    common: dict[str, Any] = {"key": name, "on_change": _take_setting, "args": (entry, name)}
    if name in CHOICES:
        choices = CHOICES[name]
        st.selectbox(
            setting_label(name),
            list(choices),
            format_func=lambda key: choices.get(key, str(key)),
            **common,
        )
    else:
        number, about = type(value), NUMBERS[name].about
        low, high = NUMBERS[name].kind.low, NUMBERS[name].kind.high
        st.number_input(
            setting_label(name),
            number(low),
            number(high),
            step=number(STEP.get(name, 1)),
            format="%d" if number is int else "%g",
            help=f"{about[:1].upper()}{about[1:]}. From {low:,g} to {high:,g}.",
            **common,
        )
    if problem:
        st.error(problem, icon=":material/error:")


def _take_repeats(entry: TrainingSetup) -> None:
    entry.repeats = st.session_state["seeds"]


def setup_panel(entry: TrainingSetup, error: SettingsError | None) -> None:
    """All controls of the comparison; what is wrong is said at its control."""
    problems = {error.field: f"{error.message[:1].upper()}{error.message[1:]}."} if error else {}
    network_picker(entry, problems.get("networks"))
    dataset_panel(entry, problems.get("dataset"))
    for name in FIRST:
        setting_control(entry, name, problems.get(name))
    show("seeds", entry.repeats)
    st.slider(
        "Runs of each network",
        1,
        MOST_REPEATS,
        key="seeds",
        on_change=_take_repeats,
        args=(entry,),
        help="With more than one, each run has a seed of its own (the same ones for all networks), which shows how"
        " much of a difference is chance.",
    )
    rest = [name for name in entry.settings if name not in ("dataset", *FIRST)]
    with st.expander("More settings", expanded=any(name in problems for name in rest)):
        for name in rest:
            setting_control(entry, name, problems.get(name))
