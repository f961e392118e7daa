"""The tables of variants. A new one is one entry in one of them; widgets, checks, drawing, counts, code, torch follow.

Each table maps a JSON value of a spec field to a `Variant`: words for the reader, and a function or data that says
which ops it places.
"""

from explorer.model.variants.attention import ANTIALIASES, ATTENTIONS
from explorer.model.variants.base import Variant
from explorer.model.variants.blocks import BLOCKS
from explorer.model.variants.layers import ACTIVATIONS, NORMS
from explorer.model.variants.orders import ORDERS
from explorer.model.variants.shortcuts import SHORTCUTS
from explorer.model.variants.skips import SKIPS
from explorer.model.variants.stems import STEM_POOLS, STEMS
from explorer.model.variants.strides import STRIDE_BLOCKS, STRIDES

__all__ = [
    "ACTIVATIONS",
    "ANTIALIASES",
    "ATTENTIONS",
    "BLOCKS",
    "NORMS",
    "ORDERS",
    "SHORTCUTS",
    "SKIPS",
    "STEMS",
    "STEM_POOLS",
    "STRIDES",
    "STRIDE_BLOCKS",
    "Variant",
]
