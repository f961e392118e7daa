"""The services that all visitors of this server share: the run store, and the launcher that trains its queue."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from explorer.classes.store.store import ClassStore
from explorer.jobs.errors import LauncherError, SettingsError, StoreError
from explorer.language import _
from explorer.runs.launch.local import Launcher, LocalLauncher
from explorer.runs.store.store import Store
from explorer.shared_runs.conducting import Conductor
from explorer.shared_runs.store.store import SharedRunStore

Found = TypeVar("Found")


@dataclass(frozen=True)
class Services:
    """The run store and the launcher."""

    store: Store
    launcher: Launcher


def make_services() -> Services:
    """The services of a real server; tests replace this function. Raises StoreError."""
    store = Store()
    conductor = Conductor(ClassStore(), SharedRunStore(), store)
    launcher = LocalLauncher(store, chores=(conductor.tend,))
    launcher.start()
    return Services(store, launcher)


@st.cache_resource(show_spinner=False)
def services() -> Services:
    """The services of this server, made at the first call. Raises StoreError where the store cannot be opened."""
    return make_services()


def open_services() -> Services | None:
    """The store and the launcher; None, with a message on the page, where they cannot be opened."""
    try:
        return services()
    except (StoreError, LauncherError, SettingsError) as error:
        st.error(
            _("Training is not possible on this server: {error}").format(error=error), icon=":material/database_off:"
        )
        return None


def from_store(read: Callable[[], Found]) -> Found | None:
    """What `read` returns; None, with a message on the page, where the store cannot be read."""
    try:
        return read()
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        return None


@contextmanager
def errors_kept(key: str) -> Iterator[None]:
    """Puts the message of an error of the store or the launcher into the session under `key`, for the next run."""
    try:
        yield
    except (StoreError, LauncherError, SettingsError) as error:
        st.session_state[key] = str(error)
