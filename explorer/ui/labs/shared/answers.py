"""The server remembers each browser's answers to the questions of labs and Train, until it ends."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

import streamlit as st

from explorer.ui.common.visitor import visitor
from explorer.ui.labs.shared.questions import Answer

MOST_VISITORS = 2_000


class Answers:
    """Answers by browser and question; the browser that answered longest ago is dropped first. Thread-safe."""

    def __init__(self, most: int = MOST_VISITORS) -> None:
        self._most = most
        self._known: OrderedDict[str, dict[str, Answer]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, owner: str, answer: Answer) -> None:
        """Stores an answer of the browser called `owner`, in place of an earlier one to the question of this name."""
        with self._lock:
            self._known.setdefault(owner, {})[answer.question.name] = answer
            self._known.move_to_end(owner)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def of(self, owner: str) -> Mapping[str, Answer]:
        """The browser's answers by the question's name, in the order in which they were first given."""
        with self._lock:
            return dict(self._known.get(owner, {}))

    def forget(self, owner: str, name: str = "") -> None:
        """Drops the answer to the question of this name; all answers of the browser without a name."""
        with self._lock:
            if name:
                self._known.get(owner, {}).pop(name, None)
            else:
                self._known.pop(owner, None)


@st.cache_resource(show_spinner=False)
def _answers() -> Answers:
    return Answers()


def own_answers() -> Mapping[str, Answer]:
    """This visitor's answers by the question's name."""
    return _answers().of(visitor())


def keep(answer: Answer) -> None:
    """Stores an answer of this visitor."""
    _answers().keep(visitor(), answer)


def forget(name: str = "") -> None:
    """Drops this visitor's answer to the question of this name; all answers without a name."""
    _answers().forget(visitor(), name)
