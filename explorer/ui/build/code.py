"""The network as text: a PyTorch file, and its specification as JSON."""

import json
from functools import lru_cache

import streamlit as st

from explorer.language import _
from explorer.model import ModelSpec
from explorer.outputs.code import Loading, generate_code
from explorer.ui.build.opened_file import network_of_file
from explorer.ui.common.downloads import download_button

_code = lru_cache(maxsize=32)(generate_code)


def code_panel(spec: ModelSpec, file_name: str) -> None:
    """The PyTorch file, to read, copy and download."""
    found = network_of_file(spec)
    text = _code(spec, Loading(found.wrapping, found.renaming) if found is not None else None)
    download_button(_("Download Python"), text, f"{file_name}.py", "code.download")
    caption = _("Runs without this app: `build()` gives the network, and its weights have the same names.")
    if found:
        reads = _("`load(path)` gives it with the weights of the opened file, by the names there.")
        caption = f"{caption} {reads}"
    st.caption(caption)
    st.code(text, language="python", line_numbers=True)


def specification_panel(spec: ModelSpec, file_name: str) -> None:
    """The specification as JSON, the text that the command line takes."""
    text = json.dumps(spec.to_dict(), indent=2)
    download_button(_("Download JSON"), text, f"{file_name}.json", "json")
    st.code(text, language="json")
