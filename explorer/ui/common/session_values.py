"""A view of the session's values that looks up one value where one is asked for.

Streamlit's menus and boxes ask whether the session holds None under their key, and get it from a copy of all values,
which is made anew for each of them. A visitor of Build has some 80 values and every move draws 11 such widgets: the
copies were a fifth of the processor time of a slider's move (decision 11).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState

COPY = "filtered_state"
"""Streamlit's property; where a release has none of this name, nothing is changed."""


class SessionValues(Mapping[str, Any]):
    """The values of a session by key, each read when it is asked for; only a list of all of them makes the copy."""

    def __init__(self, session: SafeSessionState) -> None:
        self._session = session

    def __getitem__(self, key: str) -> Any:
        return self._session[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self._session

    def __iter__(self) -> Iterator[str]:
        return iter(_copied(self._session))

    def __len__(self) -> int:
        return len(_copied(self._session))


_original = getattr(SafeSessionState, COPY, None)


def _copied(session: SafeSessionState) -> dict[str, Any]:
    assert isinstance(_original, property)
    assert _original.fget is not None
    copied: dict[str, Any] = _original.fget(session)
    return copied


def look_up_single_values() -> None:
    """Has widgets look up their own value alone; for the whole server, and only once."""
    if isinstance(_original, property) and getattr(SafeSessionState, COPY) is _original:
        setattr(SafeSessionState, COPY, property(SessionValues))
