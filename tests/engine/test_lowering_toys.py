"""One entry in one table is enough: the toy is accepted, counted, assembled, lowered, and runs."""

import pytest
import torch

from explorer.engine.lowering import build_module
from explorer.model import CONTROLS, ModelSpec, SpecError, assemble
from explorer.model.field_types import Choice
from tests.observe import observe
from tests.toys import KEY, SMALL, TOYS, toy_variant


def test_every_table_has_a_toy() -> None:
    assert {name for name, control in CONTROLS.items() if isinstance(control.kind, Choice)} == set(TOYS)


@pytest.mark.parametrize("name", TOYS)
def test_one_entry_is_enough(name: str) -> None:
    with toy_variant(name) as spec:
        assert spec.to_dict()[name] == KEY
        assert ModelSpec.from_json(spec.to_json()) == spec
        graph = assemble(spec)
        assert sum(node.op == TOYS[name].op for _, node in graph.nodes()) == TOYS[name].count
        usual = assemble(ModelSpec(**SMALL))
        assert [node.op for _, node in graph.nodes()] != [node.op for _, node in usual.nodes()]

        with torch.device("meta"):
            network = build_module(spec)
        seen = observe(network, graph.input_shape)
        assert seen.shapes == {path: node.shape for path, node in graph.nodes()}
        assert graph.cost.params == sum(p.numel() for p in network.parameters())
        assert graph.cost.macs == seen.macs
        assert graph.cost.elementwise == sum(seen.elementwise.values())

        scores = build_module(spec).train()(torch.randn(4, 3, 32, 32))
        assert scores.isfinite().all()
        scores.sum().backward()


@pytest.mark.parametrize("name", TOYS)
def test_without_the_entry_the_key_is_refused(name: str) -> None:
    with toy_variant(name) as spec:
        text = spec.to_json()
    with pytest.raises(SpecError, match="'toy'") as caught:
        ModelSpec.from_json(text)
    assert caught.value.field == name
