"""The box for a file of weights, with the bound that whoever runs the server has set."""

from typing import Any

import streamlit as st
from streamlit import config
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.jobs.capacity import upload_limit_mb
from explorer.jobs.errors import SettingsError

ENDINGS = ".pth, .pt, .ckpt, .safetensors, .onnx, .h5, .keras, .npz"


def weights_uploader(label: str, key: str, help: str, **widget: Any) -> UploadedFile | None:
    """Draws the box; returns the file, None where there is none. A bound that is no number is a message.

    `widget` goes to the widget.
    """
    try:
        limit = upload_limit_mb()
    except SettingsError as error:
        st.error(f"{error}", icon=":material/error:")
        return None
    if config.get_option("server.maxUploadSize") < limit:  # the server refuses more than that, whatever the widget says
        config.set_option("server.maxUploadSize", limit)
    file: UploadedFile | None = st.file_uploader(
        f"{label} ({ENDINGS})", max_upload_size=limit, key=key, help=help, **widget
    )
    return file
