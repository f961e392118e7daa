"""For every test: a data folder of its own, one thread, no time limit for an example, and what its markers need."""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

DATA_VARIABLE = "RESIDUAL_EXPLORER_DATA"
DATABASE_VARIABLE = "RESIDUAL_EXPLORER_DATABASE"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


def pytest_configure(config: pytest.Config) -> None:
    # What is imported and collected stays until the end; to look for what is not takes a tenth of the collection.
    gc.disable()
    # Before any test module imports torch or starts a worker, which inherits all of this.
    os.environ.update(ONE_THREAD)
    os.environ.pop(DATABASE_VARIABLE, None)
    # How long an example takes says nothing where other processes work too.
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")
    os.environ[DATA_VARIABLE] = tempfile.mkdtemp(prefix="residual-explorer-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(os.environ[DATA_VARIABLE], ignore_errors=True)


def pytest_collection_finish() -> None:
    """Python's collector does not look again at what all tests share: modules and thousands of collected tests."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder for one test; without this fixture, a test uses the session's."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    return folder


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """How `pytest -n 3` divides the tests; without xdist, all of them run in one process."""
    from tests.scheduling import UnitScheduling

    return UnitScheduling(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("cuda"):
        # Imported here, not at collection: most selections of tests need no torch.
        import torch

        if not torch.cuda.is_available():
            pytest.skip("needs a GPU")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # Printed here so that pytest's closing line stays the last one of scripts/check.
    if failed := os.environ.get("FAILED_CHECKS"):
        terminalreporter.section("checks that failed before the tests", red=True)
        terminalreporter.line(failed)
