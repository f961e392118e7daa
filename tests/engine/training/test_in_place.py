"""What training overwrites to save memory changes no number, and nothing that somebody still reads."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.layers import Add, Multiply
from explorer.engine.lowering import GraphModule, build_module
from explorer.engine.training.in_place import AddOver, overwrite, training_module
from explorer.model import ModelSpec, assemble, preset
from tests.toys import toy_variant
from tests.variants import name_of, small_variants


def step(network: nn.Module, images: Tensor) -> list[Tensor]:
    """The scores of a training step, the image's gradient and every parameter's."""
    torch.manual_seed(3)  # for what drops units or blocks at random
    scores = network.train()(images)
    F.cross_entropy(scores, torch.zeros(len(images), dtype=torch.int64)).backward()
    found = [scores, images.grad, *(each.grad for each in network.parameters())]
    return [each if each is not None else torch.empty(0) for each in found]


def built(spec: ModelSpec) -> tuple[nn.Module, nn.Module]:
    """The network of `spec` twice, from the same weights, the second as training has it."""
    torch.manual_seed(1)
    plain = build_module(spec)
    torch.manual_seed(1)
    return plain, training_module(spec)


@pytest.mark.parametrize("spec", small_variants(), ids=name_of)
def test_no_number_changes_for_any_variant(spec: ModelSpec) -> None:
    images = torch.randn(4, *assemble(spec).input_shape)
    plain, training = built(spec)
    expected = step(plain, images.clone().requires_grad_())
    for mine, its in zip(step(training, images.clone().requires_grad_()), expected, strict=True):
        assert torch.equal(mine, its)


def test_a_residual_network_writes_over_all_but_its_streams() -> None:
    plain, training = built(preset("cifar_resnet20"))
    assert sum(isinstance(module, AddOver) for module in training.modules()) == 9
    assert sum(getattr(module, "inplace", False) for module in training.modules()) == 19
    assert not any(isinstance(module, AddOver) or getattr(module, "inplace", False) for module in plain.modules())


@pytest.mark.parametrize("shortcut", ["none", "projection"])
def test_a_sum_in_the_attention_is_written_over_too(shortcut: str) -> None:
    """Its gradient needs no output either, whatever the sum stands for."""
    images = torch.randn(4, 3, 32, 32)
    with toy_variant("attention", shortcut=shortcut) as spec:
        plain, training = built(spec)
    assert isinstance(training.get_submodule("layer1.0.both"), AddOver)
    expected = step(plain, images.clone().requires_grad_())
    for mine, its in zip(step(training, images.clone().requires_grad_()), expected, strict=True):
        assert torch.equal(mine, its)


def test_what_another_step_has_saved_is_left_alone() -> None:
    """x + x * gate: the product needs x to work out its gradient, so the sum must not be written over x."""

    class Attention(GraphModule):
        def __init__(self) -> None:
            super().__init__(
                [
                    ("conv", nn.Conv2d(1, 1, 1), ("x",)),
                    ("gate", nn.Sigmoid(), ("conv",)),
                    ("product", Multiply(), ("conv", "gate")),
                    ("sum", Add(), ("conv", "product")),
                ]
            )

    network = Attention()
    overwrite(network)
    network(torch.ones(1, 1, 2, 2)).sum().backward()
    value = sum(each.detach().sum() for each in network.parameters()).requires_grad_()
    (value + value * value.sigmoid()).backward()
    assert float(network.conv.bias.grad) == pytest.approx(4 * float(value.grad), rel=1e-5)


def test_what_comes_into_a_block_is_left_alone() -> None:
    """A pre-activation block without norm begins with a ReLU of its own input, which its shortcut reads too."""

    class Both(GraphModule):
        def __init__(self) -> None:
            super().__init__([("relu", nn.ReLU(), ("x",)), ("add", Add(), ("relu", "x"))])

    block = Both()
    overwrite(block)
    x = torch.tensor([-1.0, 2.0])
    assert block(x).tolist() == [-1.0, 4.0]
    assert x.tolist() == [-1.0, 2.0]
