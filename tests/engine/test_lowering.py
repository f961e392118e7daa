"""The arithmetic of the graph against torch itself, over every pair of values of the fields that choose ops."""

from collections import Counter

import pytest
import torch

from explorer.engine.lowering import GraphModule, build_module, realise
from explorer.model import ModelSpec, Op, assemble
from explorer.model.ops import ELEMENTWISE_CATEGORIES
from tests.observe import observe
from tests.variants import name_of, small_variants

VARIANTS = small_variants()


@pytest.mark.parametrize("spec", VARIANTS, ids=name_of)
def test_counts_and_shapes_are_torchs(spec: ModelSpec) -> None:
    graph = assemble(spec)
    with torch.device("meta"):
        network = build_module(spec)
    seen = observe(network, graph.input_shape)

    assert seen.shapes == {path: node.shape for path, node in graph.nodes()}
    assert {name: tuple(p.shape) for name, p in network.named_parameters()} == {
        f"{path}.{name}": shape for path, node in graph.nodes() for name, shape in node.op.parameters().items()
    }
    buffers = {name: tuple(b.shape) for name, b in network.state_dict().items() if "running" in name}
    assert buffers == {
        f"{path}.{name}": shape for path, node in graph.nodes() for name, shape in node.op.buffers().items()
    }
    assert graph.cost.params == sum(p.numel() for p in network.parameters())
    assert graph.cost.buffers == sum(torch.Size(shape).numel() for shape in buffers.values())
    assert graph.cost.macs == seen.macs
    assert graph.cost.activations == seen.activations
    counts: Counter[str] = Counter()
    for _, node in graph.nodes():
        counts[node.op.elementwise_category] += node.cost.elementwise
    assert [counts[each] for each in ELEMENTWISE_CATEGORIES] == [
        seen.elementwise[each] for each in ELEMENTWISE_CATEGORIES
    ]
    assert graph.cost.elementwise == sum(seen.elementwise.values())
    assert sum(node.op.macs(node.shape) for _, node in graph.nodes()) == graph.cost.macs


@pytest.mark.parametrize("spec", VARIANTS, ids=name_of)
def test_every_parameter_learns(spec: ModelSpec) -> None:
    torch.manual_seed(0)
    network = build_module(spec).train()
    scores = network(torch.randn(4, *assemble(spec).input_shape))
    assert scores.shape == (4, spec.num_classes)
    assert scores.isfinite().all()
    scores.square().sum().backward()
    gradients = {name: p.grad for name, p in network.named_parameters()}
    assert all(g is not None and g.isfinite().all() for g in gradients.values())


@pytest.mark.parametrize("spec", VARIANTS[::3], ids=name_of)
def test_initial_values_are_hes_with_the_noted_exceptions(spec: ModelSpec) -> None:
    torch.manual_seed(0)
    network = build_module(spec)
    for path, node in assemble(spec).nodes():
        noted = dict(node.init)
        for name, value in noted.items():
            assert (network.get_parameter(f"{path}.{name}") == value).all()
        if type(node.op).__name__ in {"Conv2d", "StandardizedConv2d"}:
            weight = network.get_parameter(f"{path}.weight")
            fan_out = weight.shape[0] * weight.shape[2] * weight.shape[3]
            if "weight" not in noted and weight.numel() > 2_000:
                assert weight.std().item() == pytest.approx((2 / fan_out) ** 0.5, rel=0.1)
            if "bias" in node.op.parameters() and "bias" not in noted:
                assert not network.get_parameter(f"{path}.bias").any()


def test_a_tensor_is_let_go_after_its_last_use() -> None:
    network = build_module(ModelSpec(**VARIANTS[0].to_dict() | {"skip": "exclusive_gate", "shortcut": "pad"}))
    graph_modules = [module for module in network.modules() if isinstance(module, GraphModule)]
    assert len(graph_modules) == 6  # the network itself and five units
    for module in graph_modules:
        dropped = [slot for slots in module.last_use for slot in slots]
        # Each value but the output is dropped, once, and never before a step that reads it.
        assert sorted(dropped) == list(range(len(module.steps)))
        for position, slots in enumerate(module.last_use):
            later = {source for _, sources in module.steps[position + 1 :] for source in sources}
            assert not later & set(slots)


def test_an_op_without_a_module_is_named() -> None:
    class Teleport(Op):
        pass

    with pytest.raises(LookupError, match="Teleport"):
        realise(Teleport())
