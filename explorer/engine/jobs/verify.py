"""Checks a specification against torch itself: builds it on the meta device and compares every layer with the graph.

`python -m explorer.engine.jobs.verify` answers a `VerificationRequest`; it runs apart from the server, in a process of
its own. Networks that torchvision can build are compared with torchvision too.
"""

import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.engine.jobs.torchvision_twin import compare_with_torchvision
from explorer.engine.lowering import lower, watched
from explorer.jobs.child_side import answer_one, texts_of
from explorer.jobs.verification import LayerDifference, VerificationCheck, VerificationRequest, VerificationResult
from explorer.language import sentence
from explorer.model import Graph, ModelSpec, Node, SpecError, assemble

COUNTERS = ("num_batches_tracked",)
"""State that the graph does not list: BatchNorm's step counters."""


class Measured(NamedTuple):
    """What torch says of one layer."""

    shape: tuple[int, ...]
    macs: int


def verify(spec: ModelSpec) -> VerificationResult:
    """Compare the graph of `spec` with the module that it lowers to, layer by layer, and where possible torchvision."""
    start = time.perf_counter()
    graph = assemble(spec)
    with torch.device("meta"):
        network = lower(graph).eval()
    measured = measure(network, graph)
    difference = first_difference(graph, network, measured)
    macs = sum(layer.macs for layer in measured.values())
    params = sum(parameter.numel() for parameter in network.parameters())
    checks = [_layers_check(len(measured), difference)]
    if difference is None:
        checks += [_state_check(graph, network), _totals_check(graph, params, macs)]
        twin = compare_with_torchvision(spec, network)
        checks += [] if twin is None else [VerificationCheck(*twin)]
    return VerificationResult(
        checks=tuple(checks),
        difference=difference,
        layers=len(measured),
        params=params,
        macs=macs,
        torch=torch.__version__,
        seconds=time.perf_counter() - start,
    )


def measure(network: nn.Module, graph: Graph) -> dict[str, Measured]:
    """Output shape and multiply-adds of every layer in one forward pass of one image on the meta device."""
    measured: dict[str, Measured] = {}
    before: dict[str, int] = {}
    counter = FlopCounterMode(display=False)

    def enter(path: str) -> None:
        before[path] = counter.get_total_flops()

    def leave(path: str, output: Tensor) -> None:
        measured[path] = Measured(tuple(output.shape[1:]), (counter.get_total_flops() - before[path]) // 2)

    with counter, torch.no_grad(), watched(network, graph, enter, leave):
        network(torch.empty(1, *graph.input_shape, device="meta"))
    return measured


def first_difference(graph: Graph, network: nn.Module, measured: dict[str, Measured]) -> LayerDifference | None:
    """The first layer, in running order, on which graph and torch disagree."""
    known = dict(network.named_modules())
    for path, node in graph.nodes():
        module = known.get(path)
        if module is None or path not in measured:
            return LayerDifference(path, "keys", type(node.op).__name__, "no such module was run")
        for what, ours, theirs in _compare(node, module, measured[path]):
            if ours != theirs:
                return LayerDifference(path, what, str(ours), str(theirs))
    return None


def _compare(node: Node, module: nn.Module, layer: Measured) -> Iterator[tuple[str, object, object]]:
    """What is compared of one layer: name, the graph's value, torch's value."""
    parameters = {name: tuple(item.shape) for name, item in module.named_parameters(recurse=False)}
    state = module.state_dict()
    buffers = {name: tuple(item.shape) for name, item in state.items() if name not in {*parameters, *COUNTERS}}
    yield "keys", sorted(node.op.parameters()), sorted(parameters)
    yield "parameters", node.op.parameters(), parameters
    yield "parameters", node.cost.params, sum(item.numel() for item in module.parameters(recurse=False))
    yield "buffers", node.op.buffers(), buffers
    yield "output shape", node.shape, layer.shape
    yield "multiply-adds", node.cost.macs, layer.macs


def _layers_check(layers: int, difference: LayerDifference | None) -> VerificationCheck:
    if difference is None:
        return VerificationCheck(
            "layers",
            True,
            sentence("{layers:,} layers: parameters, shapes and multiply-adds equal torch's", layers=layers),
        )
    detail = sentence(
        "{path}: {what} {ours} in the graph, {theirs} in torch",
        path=difference.path,
        what=sentence(difference.what),
        ours=difference.graph,
        theirs=difference.torch,
    )
    return VerificationCheck("layers", False, detail)


def _state_check(graph: Graph, network: nn.Module) -> VerificationCheck:
    state = {name for name in network.state_dict() if name.rpartition(".")[2] not in COUNTERS}
    listed = {f"{path}.{name}" for path, node in graph.nodes() for name in (*node.op.parameters(), *node.op.buffers())}
    odd = sorted(state ^ listed)
    equal = sentence("{count:,} keys equal", count=len(state))
    return VerificationCheck(
        "state_dict", not odd, sentence("{name} is on one side only", name=odd[0]) if odd else equal
    )


def _totals_check(graph: Graph, params: int, macs: int) -> VerificationCheck:
    cost = graph.cost
    same = (cost.params, cost.macs) == (params, macs)
    detail = sentence("{params:,} parameters and {macs:,} multiply-adds in torch", params=params, macs=macs)
    if not same:
        graph_counts = {"params": cost.params, "macs": cost.macs}
        detail = sentence("{detail}, {params:,} and {macs:,} in the graph", detail=detail, **graph_counts)
    return VerificationCheck("totals", same, detail)


if __name__ == "__main__":
    sys.exit(
        answer_one(
            VerificationRequest,
            lambda request, send_progress: verify(ModelSpec.from_json(request.spec)),
            texts_of(SpecError),
        )
    )
