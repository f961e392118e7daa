"""A standalone, readable PyTorch file for exactly one network, written from its graph."""

from explorer.outputs.code.loading import Loading
from explorer.outputs.code.network import generate_code

__all__ = ["Loading", "generate_code"]
