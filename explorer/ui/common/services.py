"""The services that all visitors of this server share: the run store, and the launcher that trains its queue."""

from dataclasses import dataclass

import streamlit as st

from explorer.runs.launch.local import Launcher, LocalLauncher
from explorer.runs.store.store import Store


@dataclass(frozen=True)
class Services:
    """The run store and the launcher."""

    store: Store
    launcher: Launcher


def make_services() -> Services:
    """The services of a real server; tests replace this function. Raises StoreError."""
    store = Store()
    launcher = LocalLauncher(store)
    launcher.start()
    return Services(store, launcher)


@st.cache_resource(show_spinner=False)
def _shared() -> Services:
    return make_services()


def services() -> Services:
    """The services of this server, made at the first call. Raises StoreError where the store cannot be opened."""
    return _shared()
