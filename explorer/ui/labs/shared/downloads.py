"""The button that downloads a lab's table."""

from collections.abc import Callable

import pandas as pd
import streamlit as st


def csv_button(make_table: Callable[[], pd.DataFrame], file_name: str, key: str) -> None:
    """A button for the table as CSV; the table is made when the visitor clicks."""
    st.download_button(
        "Download CSV",
        lambda: make_table().to_csv(index=False),
        file_name,
        "text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )
