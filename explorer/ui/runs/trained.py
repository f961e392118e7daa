"""What a run has trained, to take away from Runs: its weights, and the network with them as ONNX."""

import streamlit as st

from explorer.jobs.errors import SettingsError, StoreError
from explorer.jobs.weights_and_onnx import ExchangeError
from explorer.language import N_, _
from explorer.model import SpecError, assemble
from explorer.runs.records import RunRecord
from explorer.runs.trained_files import has_weights, trained_bytes
from explorer.ui.common.downloads import MOST_PARAMETERS, made_file

ENDINGS = {"safetensors": N_("Weights (safetensors)"), "onnx": N_("Network (ONNX)")}
PREPARED = "runs.prepared"


def trained_popover(run: RunRecord) -> None:
    """Draws a menu that makes the files of one run; each takes the seconds that torch needs to start."""
    with st.popover(_("Trained network"), icon=":material/deployed_code:", key="runs.trained"):
        st.caption(run.label)
        if problem := _problem(run):
            st.info(problem, icon=":material/info:")
            return
        for ending, label in ENDINGS.items():
            if st.button(_("Prepare: {file}").format(file=_(label)), key=f"runs.prepare.{ending}", width="stretch"):
                with st.spinner(_("torch reads the checkpoint…"), show_time=True):
                    st.session_state[PREPARED] = (run.id, run.step, ending, _made(run, ending))
        _offer(run)


def _problem(run: RunRecord) -> str:
    """Why there is nothing to take away from this page; empty where there is."""
    try:
        if not has_weights(run):
            return _("This run has left no weights: they are kept of runs that finish, pause or are interrupted.")
        if assemble(run.spec).cost.params > MOST_PARAMETERS:
            command = f"python -m explorer runs export {run.id[:12]} --weights FILE"
            return _("This network is too large for a page: `{command}`.").format(command=command)
    except (SpecError, StoreError) as error:
        return str(error)
    return ""


def _made(run: RunRecord, ending: str) -> bytes | str:
    """The file, or a sentence on why there is none."""
    try:
        return trained_bytes(run, ending)
    except (ExchangeError, SettingsError, SpecError, StoreError, OSError) as error:
        return str(error)


def _offer(run: RunRecord) -> None:
    run_id, step, ending, made = st.session_state.get(PREPARED, ("", 0, "", ""))
    if (run_id, step) != (run.id, run.step):
        return
    label = _("Download {size}, after {steps} steps").replace("{steps}", f"{step:,}")
    made_file(made, label, f"{run.id[:12]}.{ending}", "runs.take")
