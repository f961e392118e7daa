"""What can be done with the weights of an opened file: keep them as a finished run for labs, take them away."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from explorer.identify.records import Identification
from explorer.jobs.file_weights import write_file_weights
from explorer.jobs.weights_and_onnx import ExchangeError, export_onnx
from explorer.language import N_, _
from explorer.model import ModelSpec, assemble
from explorer.model.identity.library_names import libraries_of
from explorer.ui.build.kept_weights import keep_weights
from explorer.ui.build.opened_file import OpenedFile
from explorer.ui.common.downloads import MOST_PARAMETERS, made_file

MADE = "file.made"
OURS = N_("Weights under this program's names")


class FileKind(NamedTuple):
    """A file to take away: its label, the ending of its name, and the library whose names its tensors have."""

    label: str
    ending: str
    library: str = ""
    help: str = ""


def file_kinds(spec: ModelSpec) -> dict[str, FileKind]:
    """The files that are offered for a network, by a key: weights under the names of each library that has it."""
    libraries = {
        each.library: FileKind(
            _("Weights under {library}'s names").format(library=each.library),
            "safetensors",
            each.library,
            _("{network} takes them with `load_state_dict(safetensors.torch.load_file(FILE))`.").format(
                network=f"`{each.network}`"
            ),
        )
        for each in libraries_of(spec)
    }
    return {"safetensors": FileKind(_(OURS), "safetensors"), **libraries, "onnx": FileKind("ONNX", "onnx")}


def use_weights(file: OpenedFile, found: Identification, spec: ModelSpec) -> None:
    """The uses of the file's weights in the network of `spec`, which is the file's."""
    st.markdown(_("**Use these weights**"))
    left, right = st.columns(2, gap="large")
    with left:
        keep_weights(file, found, spec)
    with right:
        _take_away(file, found, spec)


def _take_away(file: OpenedFile, found: Identification, spec: ModelSpec) -> None:
    if assemble(spec).cost.params > MOST_PARAMETERS:
        st.caption(_("This network is too large to be sent from this page; `python -m explorer export` writes it."))
        return
    with st.container(horizontal=True, key="file.take.row"):
        for key, kind in file_kinds(spec).items():
            if st.button(
                _("Prepare: {file}").format(file=kind.label),
                key=f"file.prepare.{key}",
                icon=":material/deployed_code:",
                help=kind.help or None,
            ):
                with st.spinner(_("torch writes the file…"), show_time=True):
                    st.session_state[MADE] = (file.path, spec, kind, _made(file, found, spec, kind))
    path, made_for, kind, made = st.session_state.get(MADE, (None, None, None, ""))
    if (path, made_for) == (file.path, spec):
        name = "-".join(filter(None, (file.path.stem, kind.library)))
        made_file(made, _("Download {size}"), f"{name}.{kind.ending}", "file.take")


def _made(file: OpenedFile, found: Identification, spec: ModelSpec, kind: FileKind) -> bytes | str:
    """The file, or a sentence on why there is none."""

    def onnx(weights: Path, output: Path) -> None:
        export_onnx(spec, output, weights)

    def as_it_is(weights: Path, output: Path) -> None:
        weights.rename(output)

    finish: Callable[[Path, Path], None] = onnx if kind.ending == "onnx" else as_it_is
    with tempfile.TemporaryDirectory() as folder:
        weights, output = Path(folder) / "weights.safetensors", Path(folder) / f"output.{kind.ending}"
        try:
            write_file_weights(file.path, found, spec, weights, library=kind.library)
            finish(weights, output)
            return output.read_bytes()
        except (ExchangeError, OSError) as error:
            return str(error)
