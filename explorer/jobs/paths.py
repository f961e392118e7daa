"""Where runs are kept: a folder of the user's, or where two environment variables say."""

import os
import tempfile
from pathlib import Path
from urllib.parse import quote

from explorer.jobs.errors import StoreError
from explorer.language import sentence

DATA_VARIABLE = "RESIDUAL_EXPLORER_DATA"
DATABASE_VARIABLE = "RESIDUAL_EXPLORER_DATABASE"
WEIGHTS_PREFIX = "model."
"""What stands before the names of the weights in a checkpoint, beside which it holds an optimiser's state."""


def data_place() -> Path:
    """Where the data folder is, whether it is there or not: enough for reading, which a page does hundreds of times."""
    chosen = os.environ.get(DATA_VARIABLE)
    if chosen:
        return Path(chosen)
    import platformdirs  # imported only where no folder is named

    return Path(platformdirs.user_data_dir("residual-explorer", appauthor=False))


def data_directory() -> Path:
    """The folder for the database, checkpoints and logs, made if need be. Raises StoreError if it cannot be written."""
    folder = data_place()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        told = sentence(
            "Runs cannot be kept in {folder} ({reason}). Set {variable} to a folder that can be written.",
            folder=str(folder),
            reason=str(error.strerror),
            variable=DATA_VARIABLE,
        )
        raise StoreError(told) from error


def database_url() -> str:
    """The address of the database: a server's, if the environment names one, else SQLite in the data folder."""
    return os.environ.get(DATABASE_VARIABLE) or sqlite_url(data_directory())


def sqlite_url(folder: Path) -> str:
    """The address of the SQLite database in `folder`, whose name may hold what means something else in an address."""
    return f"sqlite:///{quote(os.fspath(folder / 'runs.sqlite3'))}"


def experiment_results_folder() -> Path:
    """Where the results of experiments lie, whether the folder is there or not."""
    return data_place() / "probes" / "results"


def results_folder_of_run(run_id: str, results: Path | None = None) -> Path:
    """The folder of what was found out about one run's weights; it is removed with the run.

    `results` is the folder of all results, by default the one in the data folder.
    """
    return (results or experiment_results_folder()) / "runs" / run_id


def checkpoint_path(run_id: str) -> Path:
    """The file from which a run goes on; it holds the trained weights once the run has finished."""
    return data_directory() / "checkpoints" / f"{run_id}.safetensors"
