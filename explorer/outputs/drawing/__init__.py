"""Pictures: Graphviz sources at three levels, and the overview to scale of the feature maps."""

from explorer.outputs.drawing.dot import LEVELS, DrawingError, block_dot, dot_source, find_block
from explorer.outputs.drawing.overview.colouring import METRICS, Colouring, colouring
from explorer.outputs.drawing.overview.picture import overview_svg, summary
from explorer.outputs.drawing.picture_files import FORMATS, draw, render, render_svg
from explorer.outputs.drawing.skips import STYLES, Skip, skip_of

__all__ = [
    "FORMATS",
    "LEVELS",
    "METRICS",
    "STYLES",
    "Colouring",
    "DrawingError",
    "Skip",
    "block_dot",
    "colouring",
    "dot_source",
    "draw",
    "find_block",
    "overview_svg",
    "render",
    "render_svg",
    "skip_of",
    "summary",
]
