"""The tables of four papers, as printed. The rows are in CSV files beside this one; a fact is one line there.

Figures stay strings, exactly as printed: `0.27M`, `~4.1G`, `fail`. `G` counts multiply-adds (the papers' "FLOPs").
Errors are percent and never comparable across protocols.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from explorer.language import N_, Sentence, sentence

PROTOCOLS: dict[str, str] = {
    N_("counted"): N_("a property of the network, not measured"),
    N_("10-crop"): N_("ImageNet validation, mean of ten crops of 224 px"),
    N_("multi-scale"): N_("ImageNet validation, fully convolutional, mean over five scales"),
    N_("1-crop 224"): N_("ImageNet validation, one centre crop of 224 px"),
    N_("1-crop 224, 5K-way"): N_(
        "trained on 5,000 classes; ImageNet-1K validation, one centre crop of 224 px, 5,000 classes"
    ),
    N_("1-crop 224, 1K-way"): N_(
        "trained on 5,000 classes; ImageNet-1K validation, one centre crop of 224 px, 1,000 classes"
    ),
    N_("1-crop 299"): N_("ImageNet validation, one centre crop of 299 px"),
    N_("1-crop 320"): N_("ImageNet validation, one centre crop of 320 px"),
    N_("single run"): N_("test error of one training run"),
    N_("single run, ZCA whitening"): N_("test error of one training run on ZCA-whitened images"),
    N_("median of 5"): N_("median test error of five runs"),
    N_("best of 5"): N_("lowest test error of five runs"),
    N_("average of 10"): N_("mean test error of ten runs"),
    N_("as quoted"): N_("quoted by this paper from another"),
    N_("as quoted, test set"): N_("quoted by this paper from another; measured on ImageNet's test set"),
    "Faster R-CNN": N_("COCO minival with this network as backbone: average precision, higher is better"),
    N_("read off the figure"): N_(
        "no number is printed: the author of github.com/a-martyn/resnet read the curve, +- 0.5"
    ),
    N_("stated in the caption"): N_("a bound stated in words"),
}
"""What each protocol in the tables means."""


@dataclass(frozen=True)
class Paper:
    """A paper whose tables are held."""

    key: str
    citation: str
    title: str
    arxiv: str
    tables: dict[str, str]
    """Table number to what it shows, in our words."""

    @property
    def link(self) -> str:
        return f"https://arxiv.org/abs/{self.arxiv}"


@dataclass(frozen=True)
class PublishedRow:
    """One printed line. Strings are as printed; empty where nothing is."""

    table: str
    network: str
    preset: str
    """The preset that is this network; empty where the fields cannot say it."""
    dataset: str
    protocol: str
    """A key of PROTOCOLS."""
    params: str
    macs: str
    top1: str
    """Top-1 or test error in percent, or `fail` (He et al. 2016, Table 1: above 20 %)."""
    top5: str
    remark: str
    ap50: str = ""
    """Average precision in percent at an overlap (intersection over union) of 0.5."""
    ap: str = ""
    """Average precision in percent, the mean over overlaps as COCO defines it."""


@dataclass(frozen=True)
class PublishedTable:
    """One table of one paper."""

    paper: Paper
    number: str
    title: str
    rows: tuple[PublishedRow, ...]

    @property
    def name(self) -> str:
        """`He et al. 2015, Table 6`, or the figure or section where the numbers are printed."""
        where = self.number if self.number[:1].isalpha() else f"Table {self.number}"
        return f"{self.paper.citation}, {where}"

    @property
    def told_name(self) -> Sentence:
        """The name, to be told in the present language."""
        where = (
            sentence(self.number)
            if self.number[:1].isalpha()
            else sentence("Table {number}", number=sentence(self.number))
        )
        return sentence("{citation}, {where}", citation=sentence(self.paper.citation), where=where)


PAPERS: tuple[Paper, ...] = (
    Paper(
        "he2015",
        N_("He et al. 2015"),
        "Deep Residual Learning for Image Recognition",
        "1512.03385",
        {
            "1": N_("Cost of the ImageNet networks"),
            "2": N_("Plain against residual on ImageNet"),
            "3": N_("Shortcut options and depths on ImageNet"),
            "4": N_("Single models on ImageNet"),
            N_("sections 3.3 and 4.1"): N_("Cost beside VGG"),
            "6": N_("Depths on CIFAR-10"),
            N_("Fig. 6"): N_("Plain networks on CIFAR-10, read off the figure"),
        },
    ),
    Paper(
        "he2016",
        N_("He et al. 2016"),
        "Identity Mappings in Deep Residual Networks",
        "1603.05027",
        {
            "1": N_("What the shortcut does to x, ResNet-110"),
            "2": N_("Orders of activation"),
            "3": N_("Original against pre-activation units"),
            "4": N_("Comparison with other networks on CIFAR"),
            "5": N_("Deep networks on ImageNet"),
            N_("5 (text)"): N_("BN after addition on ImageNet, and its baseline"),
        },
    ),
    Paper(
        "resnext",
        N_("Xie et al. 2017"),
        "Aggregated Residual Transformations for Deep Neural Networks",
        "1611.05431",
        {
            "1": N_("ResNet-50 and ResNeXt-50"),
            "2": N_("Cardinality and width at equal cost, one block"),
            "3": N_("Cardinality and width at equal cost, ImageNet"),
            "4": N_("Twice the complexity: deeper, wider, or more cardinality"),
            "5": N_("Comparison on larger crops"),
            "6": N_("Trained on 5,000 classes"),
            "7": N_("CIFAR"),
            "8": N_("Detection on COCO"),
            N_("section 5.1"): N_("With and without shortcuts"),
        },
    ),
    Paper(
        "wrn",
        N_("Zagoruyko & Komodakis 2016"),
        "Wide Residual Networks",
        "1605.07146",
        {
            "2": N_("Kinds of block"),
            "3": N_("Convolutions in a block"),
            "4": N_("Depth and width on CIFAR"),
            "5": N_("Comparison with other networks on CIFAR"),
            "6": N_("Dropout in the block"),
            "7": N_("Width on ImageNet, basic blocks"),
            "8": N_("Width on ImageNet, bottlenecks"),
            "9": N_("Best results"),
        },
    ),
)


@cache
def published_tables() -> tuple[PublishedTable, ...]:
    """Every table held, paper by paper, in the paper's order."""
    return tuple(table for paper in PAPERS for table in _tables_of(paper))


def _tables_of(paper: Paper) -> list[PublishedTable]:
    text = files(__package__).joinpath(f"{paper.key}.csv").read_text(encoding="utf-8")
    rows = [PublishedRow(**line) for line in csv.DictReader(text.splitlines())]
    return [
        PublishedTable(paper, number, title, tuple(row for row in rows if row.table == number))
        for number, title in paper.tables.items()
    ]
