"""What a new worker loads: a second of imports is a second before the first point of a curve."""

import json
import subprocess
import sys

import pytest

HEAVY = ("torch._dynamo", "torch._inductor", "torchvision", "sympy", "sklearn", "pandas", "scipy", "streamlit")
"""Packages that training does not need; the compiler alone takes about two seconds of processor time."""

TRAINS = """
from explorer.engine.training.loop import train
from explorer.model import ModelSpec
from explorer.runs.settings import TrainingSettings
spec = ModelSpec(block="basic", stage_blocks=(1, 1), stage_widths=(4, 8), stem_width=4, stem="cifar", drop_path=0.1)
assert [event.kind for event in train(spec, TrainingSettings(steps=2, batch_size=4))][-1] == "finished"
"""


def loaded_by(code: str) -> set[str]:
    """Those of `HEAVY` that a fresh interpreter has loaded after running `code`."""
    listing = f"import json, sys; print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{listing}"], capture_output=True, text=True, check=True, timeout=300
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("code", ["import explorer.engine.training.worker", TRAINS], ids=["imports", "trains"])
def test_a_worker_loads_neither_the_compiler_nor_torchvision(code: str) -> None:
    assert loaded_by(code) == set()


def test_heavy_packages_are_noticed() -> None:
    assert loaded_by("import pandas, torchvision.ops") >= {"pandas", "torchvision", "torch._dynamo"}
