"""Streamlit helpers: controls, drawings, charts, session state, theme."""
