"""A training run as records: settings, events, the store and the launcher. No torch, no Streamlit.

Import from the modules. This one loads none, so that the loop runs where there is no database library.
"""
