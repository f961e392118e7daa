"""Addresses that open a page on a network: one form for links in tables and for buttons."""

from urllib.parse import urlencode

PARAMETERS = {"": "preset", "train": "net", "compare": "net"}
"""The query parameter by which each page takes a known network; Build's path is empty."""


def address_of(page: str, preset: str) -> str:
    """The relative address of `page` with a known network on it."""
    return f"/{page}?{urlencode({PARAMETERS[page]: preset})}"
