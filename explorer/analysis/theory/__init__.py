"""Arithmetic behind the laboratories: what the papers' equations say, with numbers filled in."""

from explorer.analysis.theory.chain import Chain
from explorer.analysis.theory.paths import PathSummary, combine, path_layers, stage_lengths, summarise
from explorer.analysis.theory.products import skip_factor, skip_product, skip_products
from explorer.analysis.theory.sensitivity import Sensitivity, sensitivity

__all__ = [
    "Chain",
    "PathSummary",
    "Sensitivity",
    "combine",
    "path_layers",
    "sensitivity",
    "skip_factor",
    "skip_product",
    "skip_products",
    "stage_lengths",
    "summarise",
]
