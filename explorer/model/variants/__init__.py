"""The tables of variants. A new one is one entry in one of them; widgets, checks, drawing, counts, code, torch follow.

Each table maps a JSON value of a spec field to a `Variant`: words for the reader, and a function or data that says
which ops it places.
"""

from explorer.model.variants.attention import ANTIALIASES, ATTENTIONS
from explorer.model.variants.base import Variant
from explorer.model.variants.blocks import BLOCKS
from explorer.model.variants.dropping import DROP_MODES
from explorer.model.variants.heads import CLOSINGS, HEAD_POOLS
from explorer.model.variants.layers import ACTIVATIONS, EPSILONS, NORMS
from explorer.model.variants.orders import ORDERS
from explorer.model.variants.shortcuts import SHORTCUTS
from explorer.model.variants.skips import SKIPS
from explorer.model.variants.stems import STEM_POOLS, STEMS
from explorer.model.variants.strides import PADDINGS, STRIDE_BLOCKS, STRIDES
from explorer.model.variants.transitions import TRANSITIONS

__all__ = [
    "ACTIVATIONS",
    "ANTIALIASES",
    "ATTENTIONS",
    "BLOCKS",
    "CLOSINGS",
    "DROP_MODES",
    "EPSILONS",
    "HEAD_POOLS",
    "NORMS",
    "ORDERS",
    "PADDINGS",
    "SHORTCUTS",
    "SKIPS",
    "STEMS",
    "STEM_POOLS",
    "STRIDES",
    "STRIDE_BLOCKS",
    "TRANSITIONS",
    "Variant",
]
