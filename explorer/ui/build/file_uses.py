"""What can be done with the weights of an opened file: keep them as a finished run for labs, take them away."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from explorer.identify.records import Identification
from explorer.jobs.file_weights import write_file_weights
from explorer.jobs.weights_and_onnx import ExchangeError, export_onnx
from explorer.model import ModelSpec, assemble
from explorer.ui.build.kept_weights import keep_weights
from explorer.ui.build.opened_file import OpenedFile
from explorer.ui.common.downloads import MOST_PARAMETERS, made_file

MADE = "file.made"
ENDINGS = {"safetensors": "Weights under this program's names", "onnx": "ONNX"}


def use_weights(file: OpenedFile, found: Identification, spec: ModelSpec) -> None:
    """The uses of the file's weights in the network of `spec`, which is the file's."""
    st.markdown("**Use these weights**")
    left, right = st.columns(2, gap="large")
    with left:
        keep_weights(file, found, spec)
    with right:
        _take_away(file, found, spec)


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
