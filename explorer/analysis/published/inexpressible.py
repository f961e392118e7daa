"""Published networks that no fields of a specification can say, and why: for the page, and for the guide."""

import re
from dataclasses import dataclass

from explorer.analysis.published.facts import PublishedRow
from explorer.language import N_


@dataclass(frozen=True)
class Inexpressible:
    """Networks, as a pattern of their printed names, and the reason."""

    networks: str
    pattern: str
    why: str


IN_TABLES: tuple[Inexpressible, ...] = (
    Inexpressible(
        "VGG (of He 2015's Table 4), GoogLeNet, PReLU-net, Inception, Inception-ResNet, NIN, DSN, Maxout, FitNet, "
        "FitResNet, Highway, All-CNN, ELU",
        r"VGG|GoogLeNet|PReLU|[Ii]nception|NIN|DSN|Maxout|Fit|Highway|All-CNN|ELU",
        N_(
            "Another family, quoted for comparison, or a VGG that the table does not name; `vgg11` to `vgg19` are "
            "presets."
        ),
    ),
    Inexpressible(
        "ResNeXt Table 2's single blocks",
        r"one block",
        N_("A block, not a network; its counts are on the page of the equivalent forms."),
    ),
    Inexpressible(
        "ResNeXt Table 6's networks",
        r"^Res.*\(\d+x\d+d\)$",
        N_("Trained with 5,000 classes; open the network of Table 3 and set its classes to 5,000."),
    ),
    Inexpressible(
        "WRN-40-2-B(1,3,1), -B(3,1), -B(1,3), -B(3,1,1), WRN-22-2-B(3,1,3)",
        r"-B\(",
        N_("Blocks with other convolutions than 3x3-3x3 and the bottleneck, which restores four times the width."),
    ),
    Inexpressible(
        "WRN-40-2 with three or four convolutions a block",
        r"convolutions a block",
        N_("Units here have one or two 3x3 convolutions, or the bottleneck's three."),
    ),
    Inexpressible(
        "WRN Table 5's original ResNet-110 and -1202 on CIFAR-100",
        r"original-ResNet",
        N_("A misprint: the printed errors are those of ResNet-164 and ResNet-1001."),
    ),
)
"""Rows of the stored tables."""

ELSEWHERE: tuple[Inexpressible, ...] = (
    Inexpressible(
        "ResNet-50 as released for Caffe (25,557,096 parameters)",
        r"",
        "Its first convolution alone has a bias, 64 parameters that the paper's network lacks; `resnet50_v1` is the "
        "network without.",
    ),
    Inexpressible(
        "SENet-154",
        r"",
        "The first convolution of a block has half the width, and shortcuts after the first stage are 3x3 projections.",
    ),
    Inexpressible(
        "timm's legacy_seresnet18 and legacy_seresnet34",
        r"",
        "Their squeezed widths (64 / 16 = 4) are not rounded to a multiple of 8; `seresnet18` and `seresnet34` are.",
    ),
    Inexpressible(
        "timm's ecaresnet50d_pruned and ecaresnet101d_pruned", r"", "Pruned: every layer has a width of its own."
    ),
    Inexpressible(
        "timm's resnetv2_50d_evos and resnetv2_50d_frn",
        r"",
        "Normalisations that are not offered (EvoNorm, filter response).",
    ),
    Inexpressible(
        "CLIP's ResNets, resnet50_mlp, resnet51q, resnet61q, resnet32ts, resnet33ts, resnext26ts, SKNets, ResNeSts",
        r"",
        "Other heads, stems, stage plans or units.",
    ),
)
"""Networks of the reference lists and of timm that are in none of the stored tables."""


def why_not(row: PublishedRow) -> str:
    """Why the network of a row without a preset cannot be built here; empty for a row that has one."""
    if row.preset:
        return ""
    return next((entry.why for entry in IN_TABLES if re.search(entry.pattern, row.network)), "")
