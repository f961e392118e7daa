"""VGG against torchvision's own: names up to the declared renaming, shapes, counts, and the same scores.

The functions are compared on narrow networks of torchvision's class: the published ones have 138 million parameters.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision import models
from torchvision.models import vgg

from explorer.engine.jobs.renamings import renamed_tensors
from explorer.engine.jobs.weights import load_checkpoint
from explorer.engine.lowering import build_module
from explorer.identify.names import NAMINGS, Naming, vgg_patterns
from explorer.model import ModelSpec, assemble, preset
from explorer.model.identity.torchvision import torchvision_arguments
from explorer.model.identity.torchvision_vgg import VggArguments
from scripts.library_networks import shapes, under_our_names
from tests.engine.test_lowering_torchvision import weights_for
from tests.observe import observe

NETWORKS = [f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")]
HIDDEN = (20, 12)
NARROW: dict[str, Any] = {
    "stage_blocks": (1, 2, 2),
    "stage_widths": (8, 12, 16),
    "stem_width": 8,
    "head_hidden": HIDDEN,
    "num_classes": 5,
}
LAYERS: list[str | int] = [8, 8, "M", 12, 12, "M", 16, 16, "M"]


@pytest.mark.parametrize("name", NETWORKS)
def test_names_shapes_and_counts_are_torchvisions(name: str) -> None:
    with torch.device("meta"):
        ours, theirs = build_module(preset(name)), getattr(models, name)()
    renamed = under_our_names(theirs.state_dict(), ours)
    assert [(key, v.shape) for key, v in renamed.items()] == [(key, v.shape) for key, v in ours.state_dict().items()]
    cost, seen = assemble(preset(name)).cost, observe(theirs, (3, 224, 224))
    assert (cost.params, cost.macs) == (sum(p.numel() for p in theirs.parameters()), seen.macs)
    assert cost.activations == seen.activations


def narrow_network(batch_norm: bool) -> nn.Module:
    """A network of torchvision's class, whose linear layers, of fixed width there, are replaced by narrow ones."""
    with torch.device("meta"):
        network = vgg.VGG(vgg.make_layers(LAYERS, batch_norm), init_weights=False)
        first, second = HIDDEN
        for place, layer in enumerate((nn.Linear(16 * 49, first), nn.Linear(first, second), nn.Linear(second, 5))):
            network.classifier[3 * place] = layer
    return network


def scores_of(network: nn.Module, state: dict[str, Tensor], images: Tensor) -> Tensor:
    network.load_state_dict(state, strict=True, assign=True)
    with torch.no_grad():
        scores: Tensor = network.eval()(images)
    return scores


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("size", [32, 56, 61, 97])
def test_torchvisions_weights_give_torchvisions_scores(size: int, batch_norm: bool) -> None:
    """Maps that end below, at, and above 7x7, and that the last pool cuts."""
    spec = replace(preset("vgg16"), **NARROW, norm="batch" if batch_norm else "none", image_size=size)
    theirs = narrow_network(batch_norm)
    with torch.device("meta"):
        ours = build_module(spec)
    state = weights_for(theirs)
    images = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(1))
    expected = scores_of(theirs, state, images)
    assert expected.std() > 1e-3
    renamed = renamed_tensors(Naming("", vgg_patterns(assemble(spec))), state)
    torch.testing.assert_close(scores_of(ours, renamed, images), expected, rtol=1e-5, atol=1e-6)


def test_a_file_of_timms_is_read(tmp_path: Path) -> None:
    """It numbers the layers as torchvision does, and writes the linear layers as convolutions over the whole map."""
    spec = replace(preset("vgg11"), stage_widths=(8, 8, 8, 8), stem_width=8, head_hidden=(6, 6), num_classes=3)
    ours = build_module(spec)
    state, known = ours.state_dict(), Naming("", vgg_patterns(assemble(spec)))
    with torch.device("meta"):
        theirs = {known.name(key): key for key in models.vgg11().state_dict()}
    named = {theirs[key]: tensor for key, tensor in state.items()}
    as_convolutions = {
        "pre_logits.fc1.weight": named.pop("classifier.0.weight").unflatten(1, (8, 7, 7)),
        "pre_logits.fc2.weight": named.pop("classifier.3.weight")[..., None, None],
        "head.fc.weight": named.pop("classifier.6.weight"),
        "pre_logits.fc1.bias": named.pop("classifier.0.bias"),
        "pre_logits.fc2.bias": named.pop("classifier.3.bias"),
        "head.fc.bias": named.pop("classifier.6.bias"),
    }
    torch.save(named | as_convolutions, tmp_path / "timm.pth")
    other = build_module(spec)
    report = load_checkpoint(tmp_path / "timm.pth", other)
    assert report.fits
    assert report.renaming.startswith("VGG-11")
    assert all(torch.equal(tensor, state[key]) for key, tensor in other.state_dict().items())


def test_arguments_read_as_a_call() -> None:
    arguments = torchvision_arguments(replace(preset("vgg11_bn"), num_classes=7, head_dropout=0.2))
    assert isinstance(arguments, VggArguments)
    assert str(arguments) == (
        "VGG(make_layers([64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'], batch_norm=True),"
        " num_classes=7, dropout=0.2)"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"shortcut": "projection"},
        {"norm": "group"},
        {"head_hidden": (4096,)},
        {"head_pool": "avg"},
        {"activation": "gelu"},
        {"conv_bias": False},
        {"in_channels": 1},
        {"stage_strides": (1, 2, 3, 2, 2)},
        {"dilations": (1, 1, 1, 1, 2)},
        {"num_classes": 0},
    ],
)
def test_what_torchvision_cannot_build_has_no_arguments(change: dict[str, Any]) -> None:
    assert torchvision_arguments(replace(preset("vgg16"), **change)) is None


def test_every_published_vgg_has_a_renaming_of_its_own() -> None:
    with torch.device("meta"):
        for name in NETWORKS:
            state, wanted = getattr(models, name)().state_dict(), shapes(build_module(preset(name)).state_dict())
            fitting = [each.source for each in NAMINGS if shapes(renamed_tensors(each, state)) == wanted]
            assert len(fitting) == 1
            assert fitting[0].startswith(f"VGG-{name[3:5]}")


def test_a_small_vgg_is_a_spec_like_any_other() -> None:
    spec = ModelSpec.from_dict({"preset": "vgg16", "image_size": 32, "num_classes": 10, "head_pool": "avg"})
    assert assemble(spec).output_shape == (10,)
    assert spec.depth == 16
