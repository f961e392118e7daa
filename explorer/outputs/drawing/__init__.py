"""Pictures: Graphviz sources at three levels, and the overview to scale of the feature maps."""

from explorer.outputs.drawing.dot import LEVELS, block_dot, dot_source, find_block
from explorer.outputs.drawing.errors import DrawingError
from explorer.outputs.drawing.render import FORMATS, draw, render
from explorer.outputs.drawing.skips import STYLES, Skip, skip_kinds, skip_of

__all__ = [
    "FORMATS",
    "LEVELS",
    "STYLES",
    "DrawingError",
    "Skip",
    "block_dot",
    "dot_source",
    "draw",
    "find_block",
    "render",
    "skip_kinds",
    "skip_of",
]
