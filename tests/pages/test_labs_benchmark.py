"""`python -m benchmarks.labs` times the requests of pages whose controls have their defaults."""

import pytest

from benchmarks.labs import requests
from explorer.experiments import Refusal
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager
from tests.pages.test_labs import open_part, press

__all__ = ["job_manager"]
BUTTONS = {
    "1 degradation sweep": ("degradation", "sweep", "sweep"),
    "1 degradation copy": ("degradation", "copy", "copy"),
    "1 degradation insert": ("degradation", "insert", "insert"),
    "1 degradation learn": ("degradation", "learn", "learn"),
    "1 degradation optimiser": ("degradation", "optimiser", "optimiser"),
    "1 degradation decay": ("degradation", "decay", "decay"),
    "2 signal blocks": ("signal", "blocks", "signal"),
    "2 signal blocks without norm": ("signal", "blocks", "signal"),
    "2 signal factor": ("signal", "factor", "factor"),
    "3 shortcuts kinds": ("shortcuts", "kinds", "kinds"),
    "3 shortcuts options": ("shortcuts", "options", "options"),
    "4 order": ("order", "orders", "order"),
    "6 bottleneck time": ("bottleneck", "blocks", "time-blocks"),
    "6 bottleneck layers": ("bottleneck", "blocks", "layers-blocks"),
    "7 lesion damage": ("lesion", "damage", "lesion"),
    "7 lesion paths": ("lesion", "paths", "paths"),
    "8 landscape": ("landscape", "slices", "landscape"),
    "9 inside": ("inside", "maps", "inside"),
    "11 shattered gradients": ("shattered", "gradients", "shattered"),
    "11 two inputs": ("shattered", "inputs", "two-inputs"),
    "10 refinement": ("refinement", "blocks", "refinement"),
    "13 fold": ("fold", "layers", "fold"),
    "12 starts": ("starts", "grid", "starts"),
    "12 branches": ("starts", "branches", "branches"),
}
"""Lab, part and button of each computation that is a page's default."""
CHOICES = {"2 signal blocks without norm": {"norm": "none"}}
"""What is chosen on the page first; all other controls have their defaults."""


def test_every_default_is_timed() -> None:
    assert set(requests()) - set(BUTTONS) == {"4 order on gratings"}


@pytest.mark.parametrize("name", BUTTONS)
def test_the_benchmark_times_what_a_click_starts(bench: Bench, job_manager: FakeJobManager, name: str) -> None:
    lab, part, button = BUTTONS[name]
    job_manager.respond = lambda request: Refusal("Not here.")
    press(open_part(bench, lab, part, **CHOICES.get(name, {})), f"{button}.run")
    assert job_manager.requests == [requests()[name]]
