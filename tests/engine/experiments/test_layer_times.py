"""The time of layers: every one has its own, and together they are about the pass."""

import torch

from explorer.analysis.network import analyse
from explorer.engine.experiments.bench import Bench
from explorer.engine.experiments.layer_times import LayerClock
from explorer.engine.experiments.registry import run_experiment
from explorer.experiments.catalogue.layer_times import LayerTimesResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from explorer.model import assemble, preset
from tests.engine.experiments.brief import finished


def test_every_layer_is_timed_once_under_its_own_path():
    for spec in (small_network(14), small_network(8, skip="shortcut_gate", attention="se"), preset("cifar_preact110")):
        bench = Bench(Subject("a", spec), torch.device("cpu"), "fp32", 1)
        before = {name: each.clone() for name, each in bench.network.state_dict().items()}
        clock = LayerClock(bench)
        for _ in range(4):
            clock.forward()
        layers = clock.times().layers
        assert sorted(each.path for each in layers) == sorted(row.path for row in analyse(assemble(spec)).layers)
        assert all(each.seconds > 0 for each in layers)
        assert all(torch.equal(each, before[name]) for name, each in bench.network.state_dict().items())
        assert not any(module._forward_hooks for module in bench.network.modules())


def test_the_answer_holds_layers_and_whole_passes_of_all_networks():
    subjects = tuple(Subject(str(depth), small_network(depth)) for depth in (8, 14))
    request = ExperimentRequest("layer_times", subjects, parameters={"repeats": 3})
    networks = finished(run_experiment(request), LayerTimesResult).networks
    assert [(each.label, len(each.layers)) for each in networks] == [
        (subject.label, len(analyse(assemble(subject.spec)).layers)) for subject in subjects
    ]
    assert all(each.whole > 0 for each in networks)
