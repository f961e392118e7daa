"""The same function as the libraries' networks: their weights, read under their own names, give their class scores."""

from pathlib import Path

import pytest
import torch

from explorer.analysis.compared_outputs import SIZES
from explorer.engine.jobs.weights import load_checkpoint
from explorer.engine.lowering import build_module
from explorer.jobs.weights_and_onnx import report_summary
from explorer.model import PRESETS, preset
from scripts.library_networks import BUILDERS, output_differences, random_network, shapes, under_our_names

TORCHVISION = ("resnet18", "resnet50", "resnext50_32x4d")
TIMM = (
    *("resnet10t", "resnet14t", "resnet26d", "resnet50c", "resnext50d_32x4d", "resnet50_gn"),
    *("seresnet18", "seresnext26t_32x4d", "ecaresnet26t", "resnetblur18", "resnetaa34d", "resnetrs50"),
    *("legacy_seresnet50", "resnetv2_18", "resnetv2_18d", "resnetv2_50", "resnetv2_50d", "resnetv2_50d_gn"),
    "resnetv2_50x1_bit",
)
"""One network of each construction."""
KINDS = [*(("torchvision", name) for name in TORCHVISION), *(("timm", name) for name in TIMM)]
REST = [
    ("torchvision", known.name)
    for known in PRESETS.values()
    if known.library.startswith("torchvision.") and known.name not in TORCHVISION
]
RENAMED = ("ecaresnet26t", "legacy_seresnet50", "resnetv2_18", "resnetv2_18d", "resnetv2_50x1_bit")
"""One of timm's networks for each way in which its names differ from torchvision's."""


@pytest.mark.parametrize(("library", "name"), [*KINDS, *(pytest.param(*pair, marks=pytest.mark.slow) for pair in REST)])
def test_same_scores_as_the_library(library: str, name: str) -> None:
    differences = output_differences(library, name)
    assert tuple(differences) == SIZES
    assert max(differences.values()) < 1e-5, differences


@pytest.mark.parametrize("name", RENAMED)
def test_a_file_of_timms_is_read(name: str, tmp_path: Path) -> None:
    theirs = random_network("timm", name).float()
    torch.save(theirs.state_dict(), tmp_path / "timm.pth")
    ours = build_module(preset(name))
    report = load_checkpoint(tmp_path / "timm.pth", ours)
    assert report.fits, report_summary(report)
    assert report.renaming.startswith("timm's")
    images = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours.eval()(images), theirs(images))


def _names_fit(name: str) -> None:
    with torch.device("meta"):
        theirs, ours = BUILDERS["timm"](name), build_module(preset(name))
    assert shapes(under_our_names(theirs.state_dict(), ours)) == shapes(ours.state_dict())


@pytest.mark.slow
def test_the_names_of_all_of_timms_networks_are_known() -> None:
    import timm

    names = [name for name in timm.list_models() if name in PRESETS]
    assert len(names) == 106
    for name in names:
        _names_fit(name)
