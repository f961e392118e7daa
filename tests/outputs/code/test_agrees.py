"""The printed file and the lowered module are the same network: keys, shapes, order, initial weights, outputs."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.lowering import build_module
from explorer.model import CONTROLS, ModelSpec, SpecError, assemble
from explorer.model.field_types import Choice, Flag
from explorer.outputs.code import generate_code
from tests.generated import load_file
from tests.strategies import outcome
from tests.toys import TOYS, toy_variant
from tests.variants import name_of, small_variants

DRAWN = 70
"""Random specs over the whole product of fields, each one built or refused."""


def disturb(network: nn.Module) -> None:
    """Every parameter and every running statistic away from its start, so that none can be left out unnoticed."""
    generator = torch.Generator().manual_seed(3)
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor.mul_(0.75 + 0.5 * torch.rand(tensor.shape, generator=generator))
            tensor.add_(0.05 * torch.randn(tensor.shape, generator=generator))


def images_for(spec: ModelSpec) -> Tensor:
    shape = (3, *assemble(spec).input_shape)
    return torch.randn(shape, generator=torch.Generator().manual_seed(4))


def is_deterministic(spec: ModelSpec) -> bool:
    return not (spec.block_dropout or spec.head_dropout or spec.drop_path or spec.skip == "dropout")


def assert_same_network(spec: ModelSpec, folder: Path) -> None:
    torch.manual_seed(0)
    ours = build_module(spec)
    torch.manual_seed(0)
    printed = load_file(generate_code(spec), folder).build()
    state = ours.state_dict()
    assert list(printed.state_dict()) == list(state)
    assert [name for name, _ in printed.named_parameters()] == [name for name, _ in ours.named_parameters()]
    for key, tensor in printed.state_dict().items():
        assert torch.equal(tensor, state[key]), f"{key} starts otherwise"

    disturb(ours)
    printed.load_state_dict(ours.state_dict(), strict=True)
    images = images_for(spec)
    with torch.no_grad():
        scores = ours.eval()(images)
        assert scores.isfinite().all()
        assert not torch.equal(scores[0], scores[1])
        assert torch.equal(printed.eval()(images), scores)
        if is_deterministic(spec):
            assert torch.equal(printed.train()(images), ours.train()(images))


@pytest.mark.parametrize("spec", small_variants(), ids=name_of)
def test_every_pair_of_choices(spec: ModelSpec, tmp_path: Path) -> None:
    assert_same_network(spec, tmp_path)


def drawn_fields(seed: int) -> dict[str, Any]:
    """A value for every field, by chance; small, but not made to fit together."""
    chance = random.Random(seed)
    stages = chance.randint(1, 3)
    fields: dict[str, Any] = {}
    for name, declared in CONTROLS.items():
        if isinstance(declared.kind, Choice):
            fields[name] = chance.choice(sorted(declared.kind.table))
        elif isinstance(declared.kind, Flag):
            fields[name] = chance.random() < 0.5
    grown = sorted(chance.choice((1, 2, 4)) for _ in range(stages))
    if fields["transition"] != "none" and chance.random() < 0.8:
        fields["stride_block"] = "first"
    widths = [chance.choice((8, 16, 24, 32)) for _ in range(stages)]
    return fields | {
        "stage_blocks": [chance.randint(1, 3) for _ in range(stages)],
        "stage_widths": sorted(widths) if fields["shortcut"].startswith("pad_") else widths,
        "cardinality": chance.choice((1, 1, 2, 4)),
        "base_width": chance.choice((64, 64, 32, 40)),
        "dilations": chance.choice((None, grown)),
        "skip_scale": chance.choice((1.0, 0.5, -0.3)),
        "residual_scale": chance.choice((1.0, 1.0, 0.7)),
        "gate_bias": chance.choice((-6.0, 0.0)),
        "skip_dropout": chance.choice((0.0, 0.5)),
        "attention_reduction": chance.choice((1, 4, 16)),
        "drop_path": chance.choice((0.0, 0.2)),
        "block_dropout": chance.choice((0.0, 0.3)),
        "stem_width": chance.choice((8, 16, 24)),
        "in_channels": chance.choice((1, 3)),
        "image_size": 64 if fields["antialias"] == "avg" else chance.choice((24, 32, 33)),
        "head_hidden": chance.choice(([], [], [9])),
        "num_classes": chance.choice((2, 10)),
    }


@pytest.mark.parametrize("seed", range(DRAWN))
def test_random_spec_is_the_same_network_or_refused_by_field(seed: int, tmp_path: Path) -> None:
    result = outcome(drawn_fields(seed))
    if isinstance(result, SpecError):
        assert result.field in CONTROLS
        assert result.message
    else:
        assert_same_network(result, tmp_path)


def test_chance_builds_most_and_refuses_some() -> None:
    kinds = Counter(type(outcome(drawn_fields(seed))) for seed in range(DRAWN))
    assert kinds[ModelSpec] > DRAWN / 2
    assert kinds[SpecError] >= 3


@pytest.mark.parametrize("name", TOYS)
def test_a_new_variant_is_printed_without_a_change_here(name: str, tmp_path: Path) -> None:
    with toy_variant(name) as spec:
        assert_same_network(spec, tmp_path)


@pytest.mark.parametrize(("shortcut", "title"), [("none", "PlainNet"), ("projection", "ResNet")])
def test_a_sum_in_the_attention_leaves_a_plain_network_plain(shortcut: str, title: str, tmp_path: Path) -> None:
    with toy_variant("attention", shortcut=shortcut) as spec:
        assert f"def build() -> {title}:" in generate_code(spec)
        assert_same_network(spec, tmp_path)
