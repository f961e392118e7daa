"""Steps that are repeated from a recording: here with recorders of our own, on a GPU with CUDA's."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from explorer.engine import train
from explorer.engine.data.images import load_data
from explorer.engine.lowering import build_module
from explorer.engine.training import step as step_module
from explorer.engine.training import trainer as trainer_module
from explorer.engine.training.cuda_graph import WARM_UP, CudaGraphRunner
from explorer.engine.training.optimiser import Sgd
from explorer.engine.training.trainer import Trainer
from explorer.model import ModelSpec
from explorer.runs.events import Event, Step
from explorer.runs.settings import TrainingSettings

CPU = torch.device("cpu")
REFUSAL = "operation not permitted when stream is capturing"


def refuse(work: Callable[[], object]) -> tuple[Callable[[], None], object]:
    raise RuntimeError(f"{REFUSAL}\nand much more")


def plain(events: list[Event]) -> list[dict[str, object]]:
    timed = ("seconds", "images_per_second", "peak_memory_bytes")
    return [{key: value for key, value in event.to_dict().items() if key not in timed} for event in events]


def test_work_is_done_by_itself_first_and_then_from_the_recording() -> None:
    calls: list[str] = []

    def record(work: Callable[[], str]) -> tuple[Callable[[], None], str]:
        calls.append("recorded")
        return lambda: calls.append("repeated"), "the recording's"

    def work() -> str:
        calls.append("worked")
        return "the work's"

    runner = CudaGraphRunner(work, record)
    outcomes = [runner() for _ in range(WARM_UP + 2)]
    assert calls == ["worked"] * WARM_UP + ["recorded", "repeated", "repeated"]
    assert outcomes[WARM_UP:] == ["the recording's"] * 2
    assert runner._recorded is not None


def test_work_that_cannot_be_recorded_is_done_by_itself_and_says_why() -> None:
    done: list[int] = []
    runner = CudaGraphRunner(lambda: done.append(1), refuse)
    for _ in range(WARM_UP + 5):
        runner()
    assert len(done) == WARM_UP + 5
    assert runner.refusal == REFUSAL
    assert runner._recorded is None


def test_a_run_whose_steps_cannot_be_recorded_is_the_same_run(
    tiny_spec: ModelSpec, tiny_settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(tiny_settings, schedule="cosine", warmup_steps=3)
    expected = plain(list(train(tiny_spec, settings)))
    monkeypatch.setattr(step_module, "make_recorder", lambda _: refuse)
    assert plain(list(train(tiny_spec, settings))) == expected


def test_a_step_reads_and_writes_nothing_but_tensors_that_stay(
    tiny_spec: ModelSpec, tiny_settings: TrainingSettings
) -> None:
    """What a recording needs: after the first steps, only these tensors and `_work` itself are used."""
    settings = replace(tiny_settings, schedule="linear", diagnose_every=2)
    trainer, other = (Trainer(tiny_spec, settings, load_data("digits"), build_module) for _ in range(2))
    kept = {name: getattr(trainer.training_step, name) for name in ("_plan", "_readings", "_slot")}
    for _ in range(6):
        trainer.advance()
    assert all(getattr(trainer.training_step, name) is tensor for name, tensor in kept.items())
    # The same with the inputs written by hand, as a recording finds them.
    for number in range(6):
        other.training_step._plan.copy_(other.batches.plan(number))
        other.optimiser.rate = settings.rate(number)
        other.training_step._work(watched=number % 2 == 0)
    assert torch.equal(other.training_step._readings[:, :6], trainer.training_step._readings[:, :6])


def test_the_rate_is_read_from_its_tensor(tiny_spec: ModelSpec) -> None:
    def moved(rate_tensor: Tensor | None) -> Tensor:
        torch.manual_seed(0)
        network = build_module(tiny_spec)
        optimiser = Sgd(network, 1.0, 0.9, 0.0, fused=True, rate_tensor=rate_tensor)
        weight = network.get_parameter("conv1.weight")
        weight.grad = torch.ones_like(weight)
        optimiser.rate = 0.25  # exact in float32
        if rate_tensor is not None:
            optimiser._rate = 1e9  # a recording knows no Python number
        optimiser.step()
        return weight.detach()

    assert torch.equal(moved(torch.zeros(())), moved(None))


def test_losses_read_fifty_at_a_time_are_told_ten_at_a_time(
    tiny_spec: ModelSpec, tiny_settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(tiny_settings, steps=73, evaluate_every=35, diagnose_every=7)
    often = list(train(tiny_spec, settings))
    monkeypatch.setitem(trainer_module.READ_EVERY, "cpu", 50)
    rarely = list(train(tiny_spec, settings))
    events = [event for event in rarely if isinstance(event, Step)]
    assert [event.step for event in events] == [1, 10, 20, 30, 35, 40, 50, 60, 70, 73]
    assert plain(rarely) == plain(often)
    seconds = [event.seconds for event in events]
    assert seconds == sorted(seconds)


@pytest.mark.cuda
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_recorded_run_on_a_gpu_is_the_one_taken_piece_by_piece(
    tiny_spec: ModelSpec, tiny_settings: TrainingSettings, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(
        tiny_settings, steps=40, device="cuda", schedule="linear", warmup_steps=5, diagnose_every=3, precision=precision
    )
    recorded = [loss for event in train(tiny_spec, settings) for loss in getattr(event, "losses", ())]
    monkeypatch.setattr(step_module, "make_recorder", lambda _: None)
    piecewise = [loss for event in train(tiny_spec, settings) for loss in getattr(event, "losses", ())]
    assert recorded[:15] == pytest.approx(piecewise[:15], rel=2e-2 if precision == "fp32" else 1e-1)


@pytest.mark.cuda
def test_no_step_on_a_gpu_waits_for_it(tiny_spec: ModelSpec, tiny_settings: TrainingSettings) -> None:
    settings = replace(tiny_settings, device="cuda", diagnose_every=2, dataset="shapes_easy", augmentation="crop_flip")
    trainer = Trainer(tiny_spec, settings, load_data("shapes_easy"), build_module)
    for _ in range(4 * WARM_UP):
        trainer.advance()
    assert all(runner._recorded is not None for runner in trainer.training_step.works.values())
    assert trainer.training_step.works[False].refusal == ""
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(4):
            trainer.advance()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert len(trainer.training_step.read()[0]) == 4 * WARM_UP + 4
