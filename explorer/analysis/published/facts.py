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


REMARKS = frozenset(
    {
        N_("option A, as in Table 2"),
        N_("option A, as in Table 2; with option B the network has 3.664 G"),
        N_("the one row of this table that is measured on the test set"),
        N_(
            "convolutions only: torchvision's VGG-16 has 15.347 G in its convolutions, and 15.470 G "
            "with the fully connected layers"
        ),
        N_(
            "with the fully connected layers: torchvision's VGG-19 has 19.508 G in its convolutions, "
            "and 19.632 G in all"
        ),
        N_("18 % of VGG-19"),
        N_("mean and deviation of the five runs: 6.61 +- 0.16"),
        N_("training error below 0.1 %: overfits"),
        N_("mean and deviation: 7.72 +- 0.16"),
        N_("the paper prints no number; a reading by a-martyn/resnet, +- 0.5"),
        N_("above 60 % and not displayed"),
        N_("no signal on the shortcut: this is a plain net"),
        N_("frozen gating"),
        N_("initial bias 0 to -5: all fail; the preset has 0"),
        N_("initial bias -6"),
        N_("initial bias -7"),
        N_("initial bias 0"),
        N_("option C on every unit"),
        N_("Fig. 4(a)"),
        N_("Fig. 4(b)"),
        N_("Fig. 4(c)"),
        N_("Fig. 4(d)"),
        N_("Fig. 4(e)"),
        N_("mean 4.89 +- 0.14; 4.62 (4.69 +- 0.20) with batch 64"),
        N_("mean 22.68 +- 0.22"),
        N_(
            "quoted from He et al. 2015, Table 6, where it is one run; the caption of this table "
            "speaks of medians of five"
        ),
        N_("mean and deviation: 4.89 +- 0.14"),
        N_("mean and deviation: 4.69 +- 0.20"),
        N_("mean and deviation: 22.68 +- 0.22"),
        N_("scale augmentation"),
        N_("scale and aspect ratio augmentation"),
        N_("scale and aspect ratio augmentation; trained on 299 px"),
        N_("printed in the text of section 5"),
        N_("the baseline of the same sentence"),
        N_("width of the grouped convolution 64; Eqn. 4 gives 69,632 parameters"),
        N_("width of the grouped convolution 80; Eqn. 4 gives 69,760 parameters"),
        N_("width of the grouped convolution 96; Eqn. 4 gives 69,888 parameters"),
        N_("width of the grouped convolution 112; Eqn. 4 gives 71,456 parameters"),
        N_("width of the grouped convolution 128; Eqn. 4 gives 70,144 parameters"),
        N_("reference complexity"),
        N_("twice the complexity"),
        N_("WRN v1 ZCA numbers; WRN v4 mean/std: 4.00/19.25"),
        N_("counts are those of the classification network; the detector takes it as backbone"),
        N_("with shortcuts"),
        N_("without shortcuts"),
        N_("85.8 s an epoch; three convolutions a block: really 58 layers deep"),
        N_("67.5 s an epoch"),
        N_("72.2 s an epoch"),
        N_("82.2 s an epoch; three convolutions a block: really 58 layers deep"),
        N_("59.9 s an epoch; three convolutions a block: really 31 layers deep"),
        N_("not printed"),
        N_("printed for this depth, but it is the error of ResNet-164 (He et al. 2016, Table 4)"),
        N_("the parameters are a misprint: 19.4M (He et al. 2015, Table 6)"),
        N_("printed for this depth, but it is the error of ResNet-1001 (He et al. 2016, Table 4)"),
        N_("with batches of 64: 4.64 (He et al. 2016, Table 4: 4.62)"),
        N_("dropout 0.4"),
        N_("fb.resnet.torch's weights, whose units normalise after the addition: not the error of the standard unit"),
        N_("top-5 is pre-ResNet-200's; Table 8 prints 6.03"),
    }
)
"""The remarks of all rows, to be translated."""


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
