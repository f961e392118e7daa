"""What can be done with the weights of an opened file: keep them as a finished run for labs, take them away."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from explorer.datasets.catalogue import dataset_label
from explorer.datasets.library import readable_facts
from explorer.identify.records import Identification
from explorer.jobs.errors import SettingsError, StoreError
from explorer.jobs.file_weights import OF_A_RUN, write_file_weights
from explorer.jobs.paths import checkpoint_path
from explorer.jobs.weights_and_onnx import ExchangeError, export_onnx
from explorer.model import ModelSpec, assemble
from explorer.runs.records import NamedNetwork, RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import new_id
from explorer.ui.build.opened_file import OpenedFile
from explorer.ui.common.downloads import MOST_PARAMETERS, made_file
from explorer.ui.common.networks import network_label, network_name
from explorer.ui.common.services import from_store, open_services
from explorer.ui.common.visitor import visitor
from explorer.ui.labs.shared.finished_runs import labs_popover

RUN, PROBLEM, MADE = "file.run", "file.run_problem", "file.made"
NO_DATA_SET = (
    "No data set here has {} classes and {} channels. Read your own class folders on Train; then they are offered here."
)
ENDINGS = {"safetensors": "Weights under this program's names", "onnx": "ONNX"}


def use_weights(file: OpenedFile, found: Identification, spec: ModelSpec) -> None:
    """The uses of the file's weights in the network of `spec`, which is the file's."""
    st.markdown("**Use these weights**")
    left, right = st.columns(2, gap="large")
    with left:
        _keep_as_run(file, found, spec)
    with right:
        _take_away(file, found, spec)


def fitting_data_sets(spec: ModelSpec) -> list[str]:
    """The data sets, known or the visitor's own, that have the classes and the channels of the network."""
    wanted = (spec.num_classes, spec.in_channels)
    return [each.name for each in readable_facts(visitor()) if (len(each.classes), each.channels) == wanted]


def _keep_as_run(file: OpenedFile, found: Identification, spec: ModelSpec) -> None:
    """A button that keeps the weights as a finished run, then the labs that use it."""
    offered = fitting_data_sets(spec)
    if not offered:
        st.caption(NO_DATA_SET.format(spec.num_classes, spec.in_channels))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="file.keep.row"):
        dataset = st.selectbox(
            "Images",
            offered,
            format_func=dataset_label,
            key="file.dataset",
            help="The images that the labs show the network. They are normalised by their own mean and deviation.",
        )
        if st.button(
            "Keep as a finished run",
            icon=":material/inventory:",
            key="file.keep",
            help="Runs lists it; Evaluate, Lesion, Look inside and Landscape use it as it is.",
        ):
            with st.spinner("torch reads the file…", show_time=True):
                _keep(file, found, spec, dataset)
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/error:")
    if run := _kept_run(file):
        st.success(f"Kept as a finished run on {dataset_label(run.dataset)}.", icon=":material/check:")
        labs_popover([run])


def _keep(file: OpenedFile, found: Identification, spec: ModelSpec, dataset: str) -> None:
    services = open_services()
    if services is None:
        return
    run_id, network = new_id(), NamedNetwork(f"{network_label(network_name(spec))} from {file.name}", spec)
    try:
        write_file_weights(file.path, found, spec, checkpoint_path(run_id), OF_A_RUN)
        services.store.keep_weights(
            run_id,
            network,
            TrainingSettings(dataset=dataset),
            owner=visitor(),
            name=f"Weights from {file.name}",
            reason=f"Weights from {file.name}; not trained here.",
        )
        st.session_state[RUN] = (file.path, run_id)
    except (ExchangeError, StoreError, SettingsError) as error:
        st.session_state[PROBLEM] = str(error)


def _kept_run(file: OpenedFile) -> RunRecord | None:
    """The run that holds this file's weights; None where they were not kept."""
    path, run_id = st.session_state.get(RUN, (None, ""))
    services = open_services() if path == file.path else None
    return from_store(lambda: services.store.run(run_id)) if services is not None else None


def _take_away(file: OpenedFile, found: Identification, spec: ModelSpec) -> None:
    if assemble(spec).cost.params > MOST_PARAMETERS:
        st.caption("This network is too large to be sent from this page; `python -m explorer export` writes it.")
        return
    with st.container(horizontal=True, key="file.take.row"):
        for ending, label in ENDINGS.items():
            if st.button(f"Prepare: {label}", key=f"file.prepare.{ending}", icon=":material/deployed_code:"):
                with st.spinner("torch writes the file…", show_time=True):
                    st.session_state[MADE] = (file.path, spec, ending, _made(file, found, spec, ending))
    path, made_for, ending, made = st.session_state.get(MADE, (None, None, "", ""))
    if (path, made_for) == (file.path, spec):
        made_file(made, "Download {size}", f"{file.path.stem}.{ending}", "file.take")


def _made(file: OpenedFile, found: Identification, spec: ModelSpec, ending: str) -> bytes | str:
    """The file, or a sentence on why there is none."""

    def onnx(weights: Path, output: Path) -> None:
        export_onnx(spec, output, weights)

    def as_it_is(weights: Path, output: Path) -> None:
        weights.rename(output)

    finish: Callable[[Path, Path], None] = onnx if ending == "onnx" else as_it_is
    with tempfile.TemporaryDirectory() as folder:
        weights, output = Path(folder) / "weights.safetensors", Path(folder) / f"output.{ending}"
        try:
            write_file_weights(file.path, found, spec, weights)
            finish(weights, output)
            return output.read_bytes()
        except (ExchangeError, OSError) as error:
            return str(error)
