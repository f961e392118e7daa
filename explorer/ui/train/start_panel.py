"""The controls of where a training starts: the weights of a finished run or of a kept file, what of them is frozen."""

from collections.abc import Mapping

import streamlit as st

from explorer.language import N_, _
from explorer.runs.settings import CHOICES, OptimiserFacts, Schedule
from explorer.runs.start import FROZEN, NORMALISATIONS, Frozen
from explorer.runs.trained_files import has_weights
from explorer.ui.common.remembered_widgets import bound
from explorer.ui.common.services import from_store, services
from explorer.ui.common.setting_labels import setting_label
from explorer.ui.common.visitor import visitor
from explorer.ui.labs.shared.finished_runs import offered_runs, run_title
from explorer.ui.train.setup import TrainingSetup

START = ("start_from", "frozen", "normalisation")
USUAL, UNKNOWN = N_("Random weights, the usual start"), N_("a run that is not here")
HELP: Mapping[str, str] = {
    "start_from": N_(
        "A finished run of yours, or a file's weights that you kept on Build. Every network of the comparison"
        " must be the one of these weights. Where the data set has another number of classes, the head is new, with the"
        " random values of the usual start; where it has other channels, the first layer is turned from colour to grey"
        " (the sum over its channels) or from grey to colour (a third of it for each)."
    ),
    "frozen": N_(
        "These parts keep their weights: the optimiser does not get them. Their norms use the running means and"
        " variances that they came with, which stay as they are too; dropout in them is off."
    ),
    "normalisation": N_(
        "What is taken from the images before the network sees them. Weights of a file expect what they"
        " were trained with; Build says which that is, where their values tell."
    ),
}
Described = Schedule | OptimiserFacts | Frozen
USUAL_START_HELP = N_(
    "Trains each network a second time from random weights, on the same images in the same order with the same seed:"
    " the fair comparison with what the given weights bring."
)


def start_panel(setup: TrainingSetup, problems: Mapping[str, str]) -> None:
    """Draws the controls, each with its error; open where weights are given."""
    given = bool(setup.settings["start_from"])
    opened = given or any(name in problems for name in START)
    with st.expander(_("Given weights") if given else _("Start from given weights"), expanded=opened):
        _menu(setup, "start_from", _runs(setup.settings["start_from"]), problems)
        if given or setup.settings["frozen"] != "none":
            _menu(setup, "frozen", CHOICES["frozen"], problems)
            st.toggle(
                _("Also from the usual start"),
                setup.usual_start,
                **bound("usual_start", setup.usual_start, _take_usual_start, setup, help=_(USUAL_START_HELP)),
            )
        _menu(setup, "normalisation", NORMALISATIONS, problems)


def about_choices(choices: Mapping[str, Described]) -> str:
    """What each choice of a setting means, as a list in Markdown."""
    return "\n".join(_("- **{label}**: {about}.").format(label=_(x.label), about=_(x.about)) for x in choices.values())


def _runs(chosen: str) -> Mapping[str, str]:
    """The runs whose weights are kept, by id: the visitor's own, and the chosen one."""
    found = from_store(lambda: offered_runs(services().store, visitor(), [chosen] if chosen else [])) or {}
    return {"": USUAL} | {name: run_title(run) for name, run in found.items() if name == chosen or has_weights(run)}


def _menu(setup: TrainingSetup, name: str, options: Mapping[str, str], problems: Mapping[str, str]) -> None:
    """A menu of a setting that shows its value even where that is none of the options."""
    value = str(setup.settings[name])
    keys = list(dict.fromkeys([*options, value]))
    st.selectbox(
        setting_label(name),
        keys,
        keys.index(value),
        format_func=lambda key: _(options.get(key) or (UNKNOWN if name == "start_from" else key)),
        **bound(
            *(name, value, take_setting, setup, name),
            help="\n\n".join([_(HELP[name]), *([about_choices(FROZEN)] if name == "frozen" else [])]),
        ),
    )
    if problem := problems.get(name):
        st.error(problem, icon=":material/error:")


def take_setting(setup: TrainingSetup, name: str) -> None:
    """Puts what its control shows into the setup."""
    setup.settings[name] = st.session_state[name]
    setup.warnings.clear()


def _take_usual_start(setup: TrainingSetup) -> None:
    setup.usual_start = st.session_state["usual_start"]
