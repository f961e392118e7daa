"""The weights of an opened file as a finished run: for the labs, and for a training that starts from them."""

import streamlit as st

from explorer.artifacts.shared import share
from explorer.datasets.catalogue import dataset_label
from explorer.datasets.library import is_present, readable_facts
from explorer.identify.records import Identification
from explorer.jobs.errors import SettingsError, StoreError
from explorer.jobs.file_weights import write_file_weights
from explorer.jobs.paths import checkpoint_path
from explorer.jobs.weights_and_onnx import ExchangeError
from explorer.language import N_, _
from explorer.model import ModelSpec
from explorer.runs.records import NamedNetwork, RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.start import NORMALISATIONS, write_normalisation
from explorer.runs.store.rows import new_id
from explorer.ui.build.opened_file import OpenedFile
from explorer.ui.common.networks import network_name, stored_label
from explorer.ui.common.page_links import open_page
from explorer.ui.common.remembered_widgets import menu
from explorer.ui.common.services import from_store, open_services
from explorer.ui.common.visitor import visitor
from explorer.ui.labs.shared.finished_runs import labs_popover
from explorer.ui.train.setup import fine_tuning_of, query_of_setup

RUN, PROBLEM = "file.run", "file.run_problem"
NO_DATA_SET = N_(
    "No data set here has {classes} classes and {channels} channels, so that the labs cannot show the network images"
    " of its classes: a network with another number of them would seem wrong on every image. Read your own class"
    " folders on Train; then they are offered here. A training from these weights replaces the head."
)
NORMALISATION_HELP = N_(
    "What is taken from the images before the network sees them. The values of a file often tell what it was trained"
    " with: ask its weights above."
)
FINE_TUNE_HELP = N_(
    "Keeps the weights, and opens Train with this network and these weights to start from: choose there the images and"
    " what is frozen. The head is replaced where the number of classes differs."
)


def keep_weights(file: OpenedFile, found: Identification, spec: ModelSpec) -> None:
    """Draws the buttons that keep the weights as a finished run or train from them, then the labs that use it."""
    offered = fitting_data_sets(spec)
    if not offered:
        st.caption(_(NO_DATA_SET).format(classes=f"{spec.num_classes:,}", channels=spec.in_channels))
    with st.container(horizontal=True, vertical_alignment="bottom", key="file.keep.row"):
        settings = _settings(found, spec, offered)
        if offered and st.button(
            _("Keep as a finished run"),
            icon=":material/inventory:",
            key="file.keep",
            help=_("Runs lists it; Evaluate, Lesion, Look inside and Landscape use it as it is."),
        ):
            _keep(file, spec, found, settings)
        if st.button(
            _("Fine-tune in Train"), icon=":material/model_training:", key="file.train", help=_(FINE_TUNE_HELP)
        ):
            _fine_tune(file, spec, found, settings)
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/error:")
    if run := _kept_run(file):
        st.success(
            _("Kept as a finished run on {images}.").format(images=dataset_label(run.dataset)), icon=":material/check:"
        )
        labs_popover([run])


def fitting_data_sets(spec: ModelSpec) -> list[str]:
    """The data sets, known or the visitor's own, that have the classes and the channels of the network."""
    wanted = (spec.num_classes, spec.in_channels)
    return [each.name for each in readable_facts(visitor()) if (len(each.classes), each.channels) == wanted]


def data_set_to_train_on(spec: ModelSpec) -> str:
    """A data set that is here and has the network's channels, the visitor's own first; else the usual one."""
    here = [each for each in readable_facts(visitor()) if each.channels == spec.in_channels and is_present(each.name)]
    own_first = sorted(here, key=lambda each: not each.name.startswith("own_"))
    return own_first[0].name if own_first else TrainingSettings.dataset


def _settings(found: Identification, spec: ModelSpec, offered: list[str]) -> TrainingSettings:
    """How the weights will be used, by two menus."""
    if offered:
        dataset = st.selectbox(
            _("Images"),
            offered,
            format_func=dataset_label,
            key="file.dataset",
            help=_(
                "The images that the labs show the network: of as many classes, which must stand in the same order."
            ),
        )
    else:
        dataset = data_set_to_train_on(spec)
    known = _known_normalisation(found)
    first = next(iter(known), "")
    options = known | {name: _(label) for name, label in NORMALISATIONS.items() if name not in known}
    normalisation = menu(
        "file.normalisation", _("Normalisation"), options, first, help=_(NORMALISATION_HELP), width=280
    )
    return TrainingSettings(dataset=dataset, normalisation=normalisation)


def _known_normalisation(found: Identification) -> dict[str, str]:
    """The normalisation that the file's values say, as a setting, with its label; empty where it is not known.

    Runs see their colours in the order RGB: the weights are kept for it (`write_file_weights`).
    """
    if found.normalisation is None:
        return {}
    forwards = -1 if found.normalisation.order == "BGR" else 1
    text = write_normalisation(found.normalisation.mean[::forwards], found.normalisation.std[::forwards])
    return {text: _("The file's: {normalisation}").format(normalisation=_(NORMALISATIONS.get(text, text)))}


def _keep(file: OpenedFile, spec: ModelSpec, found: Identification, settings: TrainingSettings) -> str:
    """Keeps the weights; returns the run's id, empty with a message for the page where they cannot be kept."""
    services = open_services()
    if services is None:
        return ""
    run_id, network = new_id(), NamedNetwork(f"{stored_label(network_name(spec))} from {file.name}", spec)
    try:
        with st.spinner(_("torch reads the file…"), show_time=True):
            write_file_weights(file.path, found, spec, checkpoint_path(run_id), of_a_run=True)
            share("checkpoints", run_id, checkpoint_path(run_id))
        fits = settings.dataset in fitting_data_sets(spec)
        services.store.keep_weights(run_id, network, settings, owner=visitor(), source=file.name, has_images=fits)
    except (ExchangeError, StoreError, SettingsError) as error:
        st.session_state[PROBLEM] = str(error)
        return ""
    st.session_state[RUN] = (file.path, run_id)
    return run_id


def _fine_tune(file: OpenedFile, spec: ModelSpec, found: Identification, settings: TrainingSettings) -> None:
    run = _kept_run(file)
    if run is None or run.spec != spec:
        _keep(file, spec, found, settings)
        run = _kept_run(file)
    if run is not None and (setup := fine_tuning_of(run)) is not None:
        open_page("train", query_of_setup(setup))


def _kept_run(file: OpenedFile) -> RunRecord | None:
    """The run that holds this file's weights; None where they were not kept."""
    path, run_id = st.session_state.get(RUN, (None, ""))
    services = open_services() if path == file.path else None
    return from_store(lambda: services.store.run(run_id)) if services is not None else None
