"""The network as a PyTorch file."""

from functools import lru_cache

import streamlit as st

from explorer.analysis.network import Analysis
from explorer.model import ModelSpec
from explorer.outputs.code import generate_code
from explorer.ui.build.draft import Network


@lru_cache(maxsize=32)
def _code(spec: ModelSpec) -> str:
    return generate_code(spec)


def code_panel(network: Network, found: Analysis, file_name: str) -> None:
    """The file, to read, copy and download."""
    if network.spec is None:
        st.info("There is no code until the marked control is corrected.", icon=":material/info:")
        return
    text = _code(network.spec)
    st.download_button(
        "Download Python",
        text,
        f"{file_name}.py",
        "text/x-python",
        key="code.download",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption("Runs without this app: `build()` gives the network, and its weights have the same names.")
    st.code(text, language="python", line_numbers=True)
