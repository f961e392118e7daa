"""From the graph to something to read: counts, tables, drawings, code. Nothing here needs torch or a browser."""

from explorer.analysis.network import Analysis, LayerRow, SumRow, analyse
from explorer.model import ModelSpec
from explorer.outputs.describe import describe

__all__ = ["Analysis", "LayerRow", "SumRow", "analyse", "describe", "generate_code"]


def generate_code(spec: ModelSpec) -> str:
    """A standalone, readable PyTorch file for `spec`; its `build()` gives the network."""
    # Imported when asked for: the numbers and pictures of a page need no code.
    from explorer.outputs.code import generate_code as generate

    return generate(spec)
