"""The real app, started as a user starts it, in a process group and with a data folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 90.0
"""Seconds until the server must answer; a busy machine loads its libraries slowly."""
ENDS_WITHIN = 10.0


@dataclass(frozen=True)
class RunningApp:
    """A server under test."""

    url: str
    data: Path
    """The value of RESIDUAL_EXPLORER_DATA: runs and checkpoints are kept here."""
    log_file: Path
    process_group: int

    def log(self) -> str:
        """What the server and its workers have written so far."""
        return self.log_file.read_text(errors="replace")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as experiment:
        experiment.bind(("127.0.0.1", 0))
        return int(experiment.getsockname()[1])


def is_healthy(url: str) -> bool:
    """Whether Streamlit says that it is ready for visitors."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def running_app(folder: Path, port: int | None = None) -> Iterator[RunningApp]:
    """Start `streamlit run explorer/app.py`, wait until it answers, and end it with all its workers.

    A second one in the same `folder` finds the runs of the first; on the same `port` it takes its place.
    Raises AssertionError with the log where the server ends or does not answer in time.
    """
    port = port or free_port()
    options = ["--server.port", str(port), "--server.headless", "true"]
    data = folder / "data"
    log_file = folder / "server.log"
    with log_file.open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "explorer/app.py", *options],
            cwd=ROOT,
            env={**os.environ, "RESIDUAL_EXPLORER_DATA": str(data)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    app = RunningApp(f"http://localhost:{port}", data, log_file, server.pid)
    try:
        wait_for_start(app, server)
        yield app
    finally:
        end(server)


def wait_for_start(app: RunningApp, server: subprocess.Popen[bytes]) -> None:
    """Return once the app answers; AssertionError with the log if it has ended or takes too long."""
    deadline = time.monotonic() + STARTS_WITHIN
    while not is_healthy(app.url):
        assert server.poll() is None, f"The server ended with {server.returncode}:\n{app.log()}"
        assert time.monotonic() < deadline, f"No answer within {STARTS_WITHIN:.0f} s:\n{app.log()}"
        time.sleep(0.1)


def end(server: subprocess.Popen[bytes]) -> None:
    """Ask the whole process group to end; then end what is left of it, workers that outlived the server too."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.wait(ENDS_WITHIN)
        os.killpg(server.pid, signal.SIGKILL)
    server.wait(ENDS_WITHIN)
