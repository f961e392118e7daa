"""VGG's printed costs beside torchvision's networks: one figure has the fully connected layers, the other has not."""

import pytest
import torch
import torchvision
from torch import nn

from explorer.analysis.published import published_tables
from explorer.model import assemble, preset
from explorer.model.ops import Conv2d


def macs_of(name: str) -> tuple[int, int]:
    """MACs of torchvision's network for one image of 224 px: of the convolutions, and of all layers."""
    with torch.device("meta"):
        network, image = torchvision.models.get_model(name), torch.empty(1, 3, 224, 224)
    counted = {nn.Conv2d: 0, nn.Linear: 0}

    def count(module: nn.Module, inputs: object, output: torch.Tensor) -> None:
        counted[type(module)] += output.numel() * module.weight[0].numel()

    for module in network.modules():
        if type(module) in counted:
            module.register_forward_hook(count)
    network(image)
    return counted[nn.Conv2d], sum(counted.values())


@pytest.mark.parametrize(("network", "printed", "place"), [("VGG-16", "15.3G", 0), ("VGG-19", "19.6G", 1)])
def test_the_remark_on_vgg_says_which_layers_the_paper_counts(network: str, printed: str, place: int) -> None:
    (row,) = (row for table in published_tables() for row in table.rows if row.network == network and row.macs)
    counts = macs_of(network.replace("-", "").lower())
    assert row.macs == printed == f"{counts[place] / 1e9:.1f}G"
    costs = {type(node.op): 0 for _, node in assemble(preset(row.preset)).nodes()}
    for _, node in assemble(preset(row.preset)).nodes():
        costs[type(node.op)] += node.cost.macs
    assert (costs[Conv2d], sum(costs.values())) == counts
    assert f"{counts[0] / 1e9:.3f} G" in row.remark
    assert f"{counts[1] / 1e9:.3f} G" in row.remark
