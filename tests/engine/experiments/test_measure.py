"""Time and memory: arithmetic of the summary, and peaks against what must be held."""

import time

import pytest
import torch

from explorer.analysis.memory import measure_memory as predict
from explorer.engine.experiments.bench import Bench, is_enough, timed_rounds
from explorer.engine.experiments.block_times import BlockClock, block_rounds
from explorer.engine.experiments.layer_times import layer_times
from explorer.engine.experiments.measure import measure
from explorer.engine.experiments.memory import measure_memory
from explorer.experiments.catalogue.measure import MeasureResult, Timing
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from explorer.experiments.result import Progress
from explorer.model import assemble
from tests.engine.experiments.brief import finished

CPU = torch.device("cpu")


def test_the_peak_of_known_allocations():
    network = torch.nn.Linear(250, 250, bias=False)  # 250,000 bytes of weights
    held: list[torch.Tensor] = []

    def inference() -> None:
        one = torch.zeros(1000, 1000)
        held.append(one + 1)

    def step() -> None:
        network.zero_grad(set_to_none=True)
        held.append(torch.zeros(500, 1000))

    found = measure_memory(CPU, network, inference, step)
    assert found.weights == 250_000
    assert found.inference == pytest.approx(250_000 + 8_000_000, rel=0.001)
    # Weights, and what the step holds beside what it let go.
    assert found.training == pytest.approx(250_000 + 2_000_000, rel=0.001)


def test_training_holds_weights_gradients_momentum_and_activations():
    spec = small_network(20)
    bench = Bench(Subject("a", spec), CPU, "fp32", batch=32)
    found = measure_memory(CPU, bench.network, bench.forward, bench.step, optimiser=bench.optimiser)
    cost = assemble(spec).cost
    assert found.weights == pytest.approx(4 * (cost.params + cost.buffers), rel=0.01)
    assert found.inference < found.training
    assert found.training > 3 * 4 * cost.params + 4 * 32 * cost.activations


def test_more_images_take_more_memory():
    """With one thread, as in the worker processes: each further thread takes its own space for weight gradients."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    peaks = []
    for batch in (8, 32):
        bench = Bench(Subject("a", small_network(8)), CPU, "fp32", batch)
        peaks.append(measure_memory(CPU, bench.network, bench.forward, bench.step).training)
    torch.set_num_threads(threads)
    assert 2 * peaks[0] < peaks[1] < 5 * peaks[0]


@pytest.mark.parametrize(("optimiser", "copies"), [("sgd", 0), ("momentum", 1), ("adam", 2)])
def test_an_optimiser_keeps_so_many_values_for_each_parameter(optimiser: str, copies: int):
    spec = small_network(8)
    bench = Bench(Subject("a", spec), CPU, "fp32", 2, optimiser)
    batch = (bench.images, bench.labels)
    found = measure_memory(CPU, bench.network, bench.forward, bench.step, batch=batch, optimiser=bench.optimiser)
    weights = 4 * assemble(spec).cost.params
    assert found.gradients == weights
    assert found.optimiser == copies * weights
    # The predicted parts are the measured ones; beside the activations the loss keeps scores, labels and its weight.
    predicted = predict(assemble(spec), 2)
    assert 0 < found.saved - predicted.saved_activations < 200
    assert found.inference > found.weights + sum(each.numel() * each.element_size() for each in batch)


def test_every_block_and_every_op_of_stem_and_head_gets_a_time():
    clock = BlockClock(Bench(Subject("a", small_network(14)), CPU, "fp32", 2))
    assert list(block_rounds([clock], repeats=1)) == [0.5, 1.0]
    blocks, ops = clock.times()
    assert [each.block for each in blocks] == [
        "stem",
        *(f"layer{stage}.{number}" for stage in (1, 2, 3) for number in (0, 1)),
        "head",
    ]
    assert all(each.seconds > 0 for each in (*blocks, *ops))
    nodes = assemble(small_network(14)).nodes()
    assert [each.block for each in ops] == [path for path, _ in nodes if not path.startswith("layer")]
    assert blocks[0].seconds + blocks[-1].seconds == pytest.approx(sum(each.seconds for each in ops))


def test_a_slow_block_is_found():
    bench = Bench(Subject("a", small_network(14)), CPU, "fp32", 2)
    bench.network.get_submodule("layer2.1").register_forward_hook(lambda *_: time.sleep(0.5))
    clock = BlockClock(bench)
    list(block_rounds([clock], repeats=1))
    seconds = {each.block: each.seconds for each in clock.times()[0]}
    assert seconds["layer2.1"] > 0.5
    assert max(seconds, key=seconds.__getitem__) == "layer2.1"


def test_progress_goes_from_nothing_to_all():
    request = ExperimentRequest("measure", (Subject("a", small_network(8)),), parameters={"seconds": 1})
    *steps, _ = measure(request)
    done = [each.done for each in steps if isinstance(each, Progress)]
    assert done[0] == 0
    assert done[-1] == steps[-1].total == 100
    assert done == sorted(done)


def test_both_passes_of_all_networks_are_timed():
    subjects = (Subject("a", small_network(8)), Subject("b", small_network(14)))
    threads = torch.get_num_threads()
    result = finished(
        measure(ExperimentRequest("measure", subjects, parameters={"batch": 2, "seconds": 1})), MeasureResult
    )
    assert torch.get_num_threads() == threads
    assert [network.label for network in result.networks] == ["a", "b"]
    for network, subject in zip(result.networks, subjects, strict=True):
        assert [timing.name for timing in network.timings] == ["forward", "forward + backward"]
        assert all(len(timing.processor_seconds) == timing.repeats >= 6 for timing in network.timings)
        assert all(0 < timing.processor_share <= 1 for timing in network.timings)
        assert network.macs == assemble(subject.spec).cost.macs


def test_inference_alone_when_asked():
    request = ExperimentRequest(
        "measure", (Subject("a", small_network(8)),), parameters={"passes": "inference", "seconds": 1}
    )
    (network,) = finished(measure(request), MeasureResult).networks
    assert [timing.name for timing in network.timings] == ["forward"]


def slept(bench: Bench) -> None:
    """Work that takes a known time without a processor."""
    time.sleep(0.004 if bench.label == "slow" else 0.001)


def test_networks_are_timed_in_turn_and_as_often_as_one_another():
    benches = [Bench(Subject(name, small_network(8)), CPU, "fp32", 1) for name in ("quick", "slow")]
    called: list[str] = []

    def work(bench: Bench) -> None:
        called.append(bench.label)
        slept(bench)

    *_, (quick, slow) = timed_rounds(benches, "forward", work, allowed=0.1)
    assert quick.repeats == slow.repeats >= 6
    timed = called[4:]  # after the warm-up
    pairs = [set(timed[place : place + 2]) for place in range(0, len(timed), 2)]
    assert pairs == [{"quick", "slow"}] * quick.repeats
    assert len(set(timed[::2])) == 2, "neither always comes first"
    assert quick.busy, "asleep is without a processor"


@pytest.mark.parametrize(
    ("rounds", "spread", "spent", "enough"),
    [
        (5, 0.0, 9.0, False),
        (6, 0.5, 1.0, True),
        (9, 0.0, 0.1, False),
        (10, 0.0, 0.1, True),
        (10, 0.5, 0.1, False),
        (200, 0.5, 0.1, True),
    ],
)
def test_rounds_end_when_the_intervals_are_narrow_or_the_time_is_spent(
    rounds: int, spread: float, spent: float, enough: bool
):
    steady = Timing("forward", 1, (1.0,) * rounds)
    spread_out = Timing("forward", 1, tuple(1.0 + spread * (place % 2) for place in range(rounds)))
    assert is_enough([steady, spread_out], spent, allowed=1.0) is enough


def test_layer_times_are_taken_in_turn_too(monkeypatch: pytest.MonkeyPatch):
    order: list[str] = []
    forward = Bench.forward
    monkeypatch.setattr(Bench, "forward", lambda bench: (order.append(bench.label), forward(bench))[1])
    subjects = tuple(Subject(name, small_network(8)) for name in ("a", "b"))
    list(layer_times(ExperimentRequest("layer_times", subjects, parameters={"repeats": 3})))
    rounds = [order[place : place + 4] for place in range(0, len(order), 4)]
    assert [sorted(each) for each in rounds] == [["a", "a", "b", "b"]] * 5
