"""What a run has trained, as files to take away: its weights under the network's names, and the network as ONNX."""

import tempfile
from pathlib import Path

from explorer.artifacts.shared import has_checkpoint, local_checkpoint
from explorer.datasets.catalogue import fit_spec
from explorer.jobs.weights_and_onnx import ExchangeError, check_weights, export_onnx, report_summary
from explorer.language import sentence
from explorer.runs.records import RunRecord


def has_weights(run: RunRecord) -> bool:
    """Whether a run has left weights: it has finished, or it paused or was interrupted behind a checkpoint."""
    return has_checkpoint(run.id)


def write_trained(run: RunRecord, weights: Path | None, onnx: Path | None) -> None:
    """Writes the weights as safetensors and the network with them as ONNX, each where a file is named.

    Blocks for the seconds that torch takes to start. Raises ExchangeError where the run has left no weights or a file
    cannot be written, SettingsError where its data set is not here any more, SpecError.
    """
    if not has_weights(run):
        told = sentence(
            "{run} has left no weights: it is {state}, and weights are kept of runs that end",
            run=run.label,
            state=sentence(run.state),
        )
        raise ExchangeError(told)
    spec, source = fit_spec(run.spec, run.dataset), local_checkpoint(run.id)
    if weights is not None:
        report = check_weights(spec, str(source), weights)
        if not report.fits:
            raise ExchangeError(sentence("{summary}.", summary=report_summary(report)))
    if onnx is not None:
        export_onnx(spec, onnx, source)


def trained_bytes(run: RunRecord, ending: str) -> bytes:
    """One of the two files, `safetensors` or `onnx`, as bytes. Raises as `write_trained` does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"trained.{ending}"
        write_trained(run, path if ending == "safetensors" else None, path if ending == "onnx" else None)
        return path.read_bytes()
