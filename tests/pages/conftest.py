"""The app under AppTest: the router and a page, with a store of the test's own and a launcher that trains nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from explorer.jobs.machine_speed import Slowdown
from explorer.runs.launch.local import LauncherStatus
from explorer.runs.store.store import SERVER_POOL, Store
from explorer.ui.common import services
from explorer.ui.measuring import time_ranges

ROOT = Path(__file__).parents[2]
installed_components = cache(manifest_scanner.scan_component_manifests)
"""Streamlit's search of all installed packages, which each opened app repeats: a fifth of the time of these tests."""


class IdleLauncher:
    """A launcher that starts nothing and counts how often it is woken."""

    pool = SERVER_POOL

    def __init__(self) -> None:
        self.woken = 0
        self.trouble = ""

    def start(self) -> None:
        """Nothing to start."""

    def wake(self) -> None:
        self.woken += 1

    def status(self) -> LauncherStatus:
        return LauncherStatus(0, 0, 2, "", self.trouble)

    def stop(self) -> None:
        """Nothing to stop."""


@dataclass
class Bench:
    """What a test of a page works with."""

    store: Store
    launcher: IdleLauncher

    def open(self, page: str = "build", **query: str | list[str]) -> AppTest:
        """A new visitor on a page, with a query in the address."""
        app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        if page == "build":
            return app.run()
        app.switch_page(f"../pages/{page}.py")
        return app.run()


class SteadyMeter:
    """A machine that is always as fast as the reference, and known to be."""

    def latest(self) -> Slowdown:
        return Slowdown(1.0, 2.0)


@pytest.fixture(autouse=True)
def steady_speed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No process is started to measure this machine's speed."""
    monkeypatch.setattr(time_ranges, "make_meter", SteadyMeter)
    time_ranges.meter.clear()
    yield
    time_ranges.meter.clear()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("RESIDUAL_EXPLORER_DATA", str(tmp_path))
    store, launcher = Store(f"sqlite:///{tmp_path / 'runs.sqlite3'}"), IdleLauncher()
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", installed_components)
    monkeypatch.setattr(services, "make_services", lambda: services.Services(store, launcher))
    services.services.clear()
    yield Bench(store, launcher)
    services.services.clear()
    store.close()
