"""The server process stays light: no torch behind any page."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROBE = """
import importlib, pkgutil, sys
import explorer.ui
for module in pkgutil.walk_packages(explorer.ui.__path__, "explorer.ui."):
    importlib.import_module(module.name)
heavy = {"torch", "torchvision", "sklearn"} & set(sys.modules)
assert not heavy, heavy
"""

VISIT = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("explorer/app.py", default_timeout=60).run()
assert not app.exception
heavy = {"torch", "torchvision", "sklearn"} & set(sys.modules)
assert not heavy, heavy
"""


def run_apart(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_no_module_of_the_interface_loads_torch() -> None:
    run_apart(PROBE)


def test_a_visit_to_build_loads_no_torch() -> None:
    run_apart(VISIT)
