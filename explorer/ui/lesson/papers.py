"""The papers behind the app in the order in which they appeared: what each is about, and where to try it."""

from typing import NamedTuple
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from explorer.language import N_, _
from explorer.outputs.tables.table import Table, to_markdown
from explorer.ui.common.tables import csv_button


class Paper(NamedTuple):
    """One paper, and the page of the app that shows what it is about."""

    arxiv: str
    """Number on arXiv; it begins with year and month of the first version."""
    authors: str
    title: str
    about: str
    page: str
    query: dict[str, str]

    @property
    def month(self) -> str:
        """Year and month of the first version: `2015-12`."""
        return f"20{self.arxiv[:2]}-{self.arxiv[2:4]}"

    @property
    def link(self) -> str:
        """A link to the app's page on it, as Markdown."""
        return f"[{_(PAGES[self.page])}](/{self.page}?{urlencode(self.query)})"


def _lab(name: str, part: str) -> dict[str, str]:
    return {"lab": name, "part": part}


PAGES = {"": N_("Build"), "labs": N_("Labs")}
"""What the pages are called to which the papers lead."""
PAPERS = (
    Paper(
        "1505.00387",
        "Srivastava et al.",
        "Highway Networks",
        N_("Gates, learned in every layer, decide how much of the input is passed on."),
        "labs",
        _lab("shortcuts", "kinds"),
    ),
    Paper(
        "1512.03385",
        "He et al.",
        "Deep Residual Learning for Image Recognition",
        N_("Shortcuts without gates; networks of 152 layers for ImageNet and of 1,202 for CIFAR-10."),
        "",
        {"preset": "resnet50"},
    ),
    Paper(
        "1603.05027",
        "He et al.",
        "Identity Mappings in Deep Residual Networks",
        N_("Nothing but the sum on the way from block to block: normalisation and ReLU come before the convolutions."),
        "labs",
        _lab("order", "orders"),
    ),
    Paper(
        "1603.09382",
        "Huang et al.",
        "Deep Networks with Stochastic Depth",
        N_("Whole blocks are left out at random while training."),
        "",
        {"preset": "cifar_stochastic110"},
    ),
    Paper(
        "1605.06431",
        "Veit et al.",
        "Residual Networks Behave Like Ensembles of Relatively Shallow Networks",
        N_("The network seen as many paths; blocks are taken out of trained networks."),
        "labs",
        _lab("lesion", "damage"),
    ),
    Paper(
        "1605.07146",
        "Zagoruyko & Komodakis",
        "Wide Residual Networks",
        N_("Fewer and wider layers."),
        "",
        {"preset": "cifar_wrn28_10"},
    ),
    Paper(
        "1611.05431",
        "Xie et al.",
        "Aggregated Residual Transformations for Deep Neural Networks",
        N_("ResNeXt: many equal paths in a block, its cardinality, at equal cost."),
        "labs",
        _lab("cardinality", "forms"),
    ),
    Paper(
        "1612.07771",
        "Greff et al.",
        "Highway and Residual Networks learn Unrolled Iterative Estimation",
        N_("Do the blocks of a stage refine one estimate, step by step?"),
        "labs",
        _lab("refinement", "blocks"),
    ),
    Paper(
        "1702.08591",
        "Balduzzi et al.",
        "The Shattered Gradients Problem",
        N_("How alike are the gradients of neighbouring inputs, in plain and in residual networks?"),
        "labs",
        _lab("shattered", "gradients"),
    ),
    Paper(
        "1709.01507",
        "Hu et al.",
        "Squeeze-and-Excitation Networks",
        N_("Each block weighs its channels by what the whole image holds."),
        "",
        {"preset": "seresnet50"},
    ),
    Paper(
        "1712.09913",
        "Li et al.",
        "Visualizing the Loss Landscape of Neural Nets",
        N_("Slices through the loss around a trained network, with and without shortcuts."),
        "labs",
        _lab("landscape", "slices"),
    ),
    Paper(
        "1901.09321",
        "Zhang et al.",
        "Fixup Initialization: Residual Learning Without Normalization",
        N_("Is normalisation needed, if the branches are started well?"),
        "labs",
        _lab("starts", "branches"),
    ),
    Paper(
        "2002.10444",
        "De & Smith",
        "Batch Normalization Biases Residual Blocks Towards the Identity Function in Deep Networks",
        N_("What does normalisation do to the branches at the start, and can one number per branch do it?"),
        "labs",
        _lab("starts", "branches"),
    ),
    Paper(
        "2101.03697",
        "Ding et al.",
        "RepVGG: Making VGG-style ConvNets Great Again",
        N_("Trained with shortcuts, which are folded into the convolutions afterwards."),
        "labs",
        _lab("fold", "layers"),
    ),
    Paper(
        "2409.19606",
        "Zhu et al.",
        "Hyper-Connections",
        N_("Several residual streams, which every block mixes."),
        "labs",
        _lab("signal", "mixing"),
    ),
    Paper(
        "2512.24880",
        "Xie et al.",
        "mHC: Manifold-Constrained Hyper-Connections",
        N_("The mixing matrices are made doubly stochastic."),
        "labs",
        _lab("signal", "mixing"),
    ),
)


HEADINGS = (N_("Month"), N_("Paper"), N_("What it is about"), N_("Here"))


def frame() -> pd.DataFrame:
    """One row for each paper, the oldest first."""
    return pd.DataFrame(
        {
            "month": [paper.month for paper in PAPERS],
            "authors": [paper.authors for paper in PAPERS],
            "title": [paper.title for paper in PAPERS],
            "about": [paper.about for paper in PAPERS],
            "arxiv": [paper.arxiv for paper in PAPERS],
        }
    )


def draw() -> None:
    """Draws the table, with links to the papers and to the app's own pages."""
    st.markdown("#### " + _("The papers, in the order in which they appeared"))
    rows = tuple(
        (
            paper.month.replace("-", "\u2011"),
            f"{paper.authors}: [{paper.title}](https://arxiv.org/abs/{paper.arxiv})",
            _(paper.about),
            paper.link,
        )
        for paper in PAPERS
    )
    st.markdown(to_markdown(Table("", HEADINGS, tuple(map(_, HEADINGS)), rows)))
    st.caption(_("Months are those of the first version on arXiv, to which the titles lead."))
    csv_button(frame, "papers.csv", "lesson.papers.csv")
