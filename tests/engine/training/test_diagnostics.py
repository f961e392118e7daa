"""What is measured inside a network: residual sums only, whatever else is added in a block."""

import pytest
import torch

from explorer.engine.experiments.blocks import parts_of
from explorer.engine.lowering import build_module
from explorer.engine.training.step import StepReader
from tests.toys import toy_variant

BLOCKS = ("layer1.0", "layer1.1", "layer2.0", "layer2.1")


@pytest.mark.parametrize(("shortcut", "blocks"), [("none", ()), ("projection", BLOCKS)])
def test_only_residual_sums_are_measured(shortcut: str, blocks: tuple[str, ...]) -> None:
    with toy_variant("attention", shortcut=shortcut) as spec:
        network = build_module(spec)
        reader = StepReader(network)
        with reader.watching():
            network(torch.randn(2, 3, 32, 32)).sum().backward()
        _, ratios = reader.read()
    assert reader.blocks == blocks
    assert len(ratios) == len(blocks)
    assert ratios.isfinite().all()


def test_the_ratio_is_that_of_branch_and_stream() -> None:
    """The deviations are those of the two values that the residual sum adds, not of the sum in the attention."""
    with toy_variant("attention", shortcut="projection") as spec:
        network = build_module(spec)
        seen = []
        add = network.get_submodule("layer1.0.add")
        add.register_forward_pre_hook(lambda _, inputs: seen.append((inputs[0].std() / inputs[1].std()).detach()))
        reader = StepReader(network)
        with reader.watching():
            network(torch.randn(2, 3, 32, 32)).sum().backward()
        _, ratios = reader.read()
    assert float(ratios[0]) == pytest.approx(float(seen[0]))


@pytest.mark.parametrize("shortcut", ["none", "projection"])
def test_a_block_s_part_holds_its_residual_sum(shortcut: str) -> None:
    with toy_variant("attention", shortcut=shortcut) as spec:
        network = build_module(spec)
        parts = parts_of(network, spec)
    expected = [network.get_submodule(f"{path}.add") if shortcut != "none" else None for path in BLOCKS]
    assert [part.path for part in parts] == list(BLOCKS)
    assert all(part.add is add for part, add in zip(parts, expected, strict=True))
