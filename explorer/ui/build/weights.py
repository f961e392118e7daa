"""Weights into the network, and the network out as ONNX: each in a process of its own, begun by a button."""

import tempfile
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from explorer.jobs.one_shot import ChildError
from explorer.jobs.weights_and_onnx import (
    CheckpointReport,
    ExchangeError,
    PublishedWeights,
    check_weights,
    export_onnx,
    published_weights,
    report_lines,
)
from explorer.language import _
from explorer.model import ModelSpec, assemble
from explorer.model.identity.torchvision import torchvision_arguments
from explorer.outputs import formatting
from explorer.outputs.undecided import undecided_sentence
from explorer.ui.build.file_box import PROBLEM
from explorer.ui.build.opened_file import open_file
from explorer.ui.build.uploads import weights_uploader
from explorer.ui.common.downloads import MOST_PARAMETERS, made_file
from explorer.ui.common.remembered_widgets import VIEW, put

SHOWN_MISMATCHES = 200
ONNX, ANSWER = "exchange.onnx", "exchange.answer"


def exchange_panel(spec: ModelSpec, file_name: str) -> None:
    """A checkpoint that is compared with the network, and the network as an ONNX file."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(_("#### Weights"))
        upload = _upload(spec)
        _published(spec)
        _show_answer(spec, upload)
    with right:
        st.markdown("#### ONNX")
        _onnx(spec, file_name, upload)


class UploadedWeights(NamedTuple):
    """A file from the visitor."""

    name: str
    data: bytes


def _identify(upload: UploadedWeights) -> None:
    st.session_state[PROBLEM] = open_file(*upload)
    put(VIEW, "File")


def _upload(spec: ModelSpec) -> UploadedWeights | None:
    """A file from the visitor: only tensors are read from it, never code."""
    file = weights_uploader(
        _("Checkpoint"),
        "exchange.file",
        _(
            "Held against this network key by key; all of it is loaded, or nothing. Only tensors are read: a file that"
            " carries code is refused. Larger files: `python -m explorer weights MODEL FILE`."
        ),
    )
    if file is None:
        return None
    data = bytes(file.getvalue())
    if st.button(_("Check the fit"), icon=":material/fact_check:", key="exchange.check"):
        with tempfile.TemporaryDirectory() as folder, st.spinner(_("Comparing key by key…"), show_time=True):
            path = Path(folder) / Path(file.name).name
            path.write_bytes(data)
            _ask(spec, str(path))
    return UploadedWeights(file.name, data)


def _published(spec: ModelSpec) -> None:
    """torchvision's own weights for this network; nothing is fetched without a click that states the size."""
    if torchvision_arguments(spec) is None:
        return
    if not st.toggle(_("torchvision's published weights"), key="exchange.published"):
        return
    try:
        offers = {row.full_name: row for row in published_weights() if row.params == assemble(spec).cost.params}
    except ChildError as error:
        st.error(_("torchvision could not be asked. {reason}").format(reason=error), icon=":material/error:")
        return
    if not offers:
        st.caption(_("torchvision publishes no weights with this network's parameters."))
        return
    chosen: PublishedWeights = offers[st.selectbox(_("Weights"), list(offers), key="exchange.weights")]
    label = _("Download {size} MB and check").format(size=f"{chosen.file_mb:,.0f}")
    if st.button(label, icon=":material/cloud_download:", key="exchange.fetch"):
        with st.spinner(_("Fetching from torchvision's server…"), show_time=True):
            _ask(spec, chosen.full_name)


def _ask(spec: ModelSpec, source: str) -> None:
    try:
        st.session_state[ANSWER] = (spec, check_weights(spec, source))
    except ExchangeError as error:
        st.session_state[ANSWER] = (spec, str(error))


def _show_answer(spec: ModelSpec, upload: UploadedWeights | None) -> None:
    asked, answer = st.session_state.get(ANSWER, (None, None))
    if asked != spec or answer is None:
        return
    if isinstance(answer, str):
        st.error(answer, icon=":material/error:")
        return
    summary, *mismatches = report_lines(answer, spec)
    if answer.fits:
        st.success(summary, icon=":material/check:")
        if undecided := undecided_sentence(spec):
            st.caption(undecided)
    else:
        st.error(summary, icon=":material/error:")
        if upload is not None:
            st.button(
                _("Which network is this file?"),
                icon=":material/search:",
                key="exchange.identify",
                on_click=_identify,
                args=(upload,),
                help=_("Opens the file on its own, under From a file: its network comes into the controls."),
            )
    if mismatches:
        more = len(mismatches) - SHOWN_MISMATCHES
        st.code("\n".join(mismatches[:SHOWN_MISMATCHES]), language=None)
        if more > 0:
            st.caption(_("and {count} more; the command line lists all.").format(count=formatting.whole(more)))


def _onnx(spec: ModelSpec, file_name: str, upload: UploadedWeights | None) -> None:
    parameters = assemble(spec).cost.params
    if parameters > MOST_PARAMETERS:
        st.info(
            _(
                "{count} parameters are {more} more than this page exports; `python -m explorer export MODEL -o"
                " FILE.onnx` has no such limit."
            ).format(count=formatting.whole(parameters), more=formatting.whole(parameters - MOST_PARAMETERS)),
            icon=":material/info:",
        )
        return
    asked, answer = st.session_state.get(ANSWER, (None, None))
    filled = upload is not None and asked == spec and isinstance(answer, CheckpointReport) and answer.fits
    st.caption(
        _(
            "Written by torch's own exporter, with a free batch size, in some seconds. With the weights of your"
            " checkpoint."
        )
        if filled
        else _(
            "Written by torch's own exporter, with a free batch size, in some seconds. With fresh weights; a checkpoint"
            " that fits is used."
        )
    )
    if st.button(_("Prepare the file"), icon=":material/deployed_code:", key="exchange.prepare"):
        with st.spinner(_("torch exports the network…"), show_time=True):
            st.session_state[ONNX] = (spec, _exported(spec, upload.data if upload is not None and filled else None))
    made_for, outcome = st.session_state.get(ONNX, (None, None))
    if made_for != spec or outcome is None:
        return
    made_file(outcome, _("Download ONNX ({size})"), f"{file_name}.onnx", "exchange.download")


def _exported(spec: ModelSpec, weights: bytes | None) -> bytes | str:
    """The ONNX file, or a sentence on why there is none."""
    with tempfile.TemporaryDirectory() as folder:
        given = None
        if weights is not None:
            given = Path(folder) / "weights"
            given.write_bytes(weights)
        try:
            export_onnx(spec, Path(folder) / "network.onnx", given)
            return (Path(folder) / "network.onnx").read_bytes()
        except ExchangeError as error:
            return str(error)
