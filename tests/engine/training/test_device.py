import subprocess
import sys

import pytest
import torch

from explorer.engine.training import device as device_module
from explorer.engine.training.device import MemoryGauge, choose_device, choose_precision, device_name
from explorer.jobs.errors import SettingsError

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_the_fastest_there_is(monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, chosen: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert choose_device("auto").type == chosen
    assert choose_device("cpu").type == "cpu"


def test_a_missing_device_is_named_with_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SettingsError, match=r"no cuda device.*cpu"):
        choose_device("cuda")


@pytest.mark.parametrize(
    ("requested", "kind", "has", "gets", "notes"),
    [
        ("auto", "cpu", True, "fp32", 0),
        ("auto", "cuda", True, "bf16", 0),
        ("auto", "cuda", False, "fp32", 0),
        ("bf16", "cpu", True, "bf16", 0),
        ("bf16", "cpu", False, "fp32", 1),
        ("fp32", "cuda", True, "fp32", 0),
    ],
)
def test_bf16_only_where_it_is_fast(
    monkeypatch: pytest.MonkeyPatch, requested: str, kind: str, has: bool, gets: str, notes: int
) -> None:
    monkeypatch.setattr(device_module, "_has_bf16", lambda _: has)
    precision, sentences = choose_precision(requested, torch.device(kind))
    assert (precision, len(sentences)) == (gets, notes)


def test_the_processor_has_a_name() -> None:
    assert len(device_name(CPU)) > 2


def test_memory_is_counted_from_the_gauge_on_and_looked_at_once_a_second() -> None:
    before = torch.ones(64, 1024, 1024)
    del before
    device_module.release_memory()  # what a loop of an earlier test kept would be taken again, and nothing would grow
    gauge = MemoryGauge(CPU)
    first = gauge.peak()
    held = torch.ones(16, 1024, 1024)
    assert gauge.lately() == first
    assert 0.9 * held.nbytes < gauge.peak() - first < 2 * held.nbytes
    released = held.nbytes
    del held
    assert gauge.peak() - first > 0.9 * released  # a peak stays


def test_auto_passes_an_apple_gpu_over_that_cannot_train_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated: this build of torch knows the device and cannot use it."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(device_module, "_try_training", unable)
    device, notes = device_module.settle_device("auto")
    assert device == CPU
    assert notes == (device_module.UNABLE.format(MISSING),)
    assert device_module.settle_device("mps") == (torch.device("mps"), ())  # asked for by name, it is not replaced
    monkeypatch.setattr(device_module, "_try_training", lambda _: None)
    assert device_module.settle_device("auto") == (torch.device("mps"), ())


MISSING = "aten::new is not implemented"


def unable(_: torch.device) -> None:
    raise NotImplementedError(f"{MISSING}\nand a long explanation")


def test_the_trial_is_a_training_step_that_works_where_torch_does() -> None:
    device_module._try_training(CPU)


FAULTS = """
import resource, torch
from explorer.engine.training.device import keep_memory, release_memory
keep_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def step():
    before = faults()
    parts = [torch.zeros(3_000_000) for _ in range(8)]  # 96 MB, given back at once
    return faults() - before
step()
kept = min(step() for _ in range(3))
release_memory()
print(kept, step())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="about glibc's allocator")
def test_memory_is_kept_from_step_to_step_until_it_is_released() -> None:
    done = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True)
    kept, released = (int(count) for count in done.stdout.split())
    pages = 96_000_000 // 4096
    assert kept < pages / 2  # in a single step some of the eight parts may not fit into the gaps of the one before
    assert released > pages / 2
