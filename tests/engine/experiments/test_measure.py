"""Time and memory: arithmetic of the summary, and peaks against what must be held."""

import time

import pytest
import torch

from explorer.analysis.memory import measure_memory as predict
from explorer.engine.experiments.measure import Bench, measure, summarise, time_blocks
from explorer.engine.experiments.memory import measure_memory
from explorer.experiments.catalogue.measure import MeasureResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from explorer.experiments.result import Progress
from explorer.model import assemble
from tests.engine.experiments.brief import finished

CPU = torch.device("cpu")


def test_the_summary_of_known_times():
    found = summarise("forward", [4.0, 1.0, 3.0, 2.0, 100.0], images=8)
    assert (found.repeats, found.median, found.lower_quartile, found.upper_quartile) == (5, 3.0, 2.0, 4.0)
    assert (found.lowest, found.highest) == (1.0, 100.0)
    assert found.images_per_second == pytest.approx(8 / 3)


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
    blocks, ops = time_blocks(Bench(Subject("a", small_network(14)), CPU, "fp32", 2), repeats=2)
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
    bench.network.get_submodule("layer2.1").register_forward_hook(lambda *_: time.sleep(0.02))
    seconds = {each.block: each.seconds for each in time_blocks(bench, repeats=1)[0]}
    assert seconds["layer2.1"] > 0.02
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
        assert all(timing.repeats >= 5 for timing in network.timings)
        assert all(t.lowest <= t.lower_quartile <= t.median <= t.upper_quartile <= t.highest for t in network.timings)
        assert network.macs == assemble(subject.spec).cost.macs


def test_inference_alone_when_asked():
    request = ExperimentRequest(
        "measure", (Subject("a", small_network(8)),), parameters={"passes": "inference", "seconds": 1}
    )
    (network,) = finished(measure(request), MeasureResult).networks
    assert [timing.name for timing in network.timings] == ["forward"]
