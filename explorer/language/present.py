"""The language of the run at work, and what is kept separately for each language."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from explorer.language.catalogues import SOURCE

P = ParamSpec("P")
R = TypeVar("R")

_present: ContextVar[str | None] = ContextVar("language", default=None)
_sources: list[Callable[[], str | None]] = []


def present() -> str:
    """The language in which texts are given: that of this run of a page, else English."""
    return _present.get() or _of_this_thread()


def speak(language: str) -> None:
    """Gives texts in this language for the rest of the run."""
    _present.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Gives texts in this language within the block."""
    token = _present.set(language)
    try:
        yield
    finally:
        _present.reset(token)


def in_present_language(function: Callable[P, R]) -> Callable[P, R]:
    """The function, to be called later and in any thread, with its texts in the language of now."""
    language = present()

    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        with speaking(language):
            return function(*args, **kwargs)

    return called


def follow(source: Callable[[], str | None]) -> None:
    """Has threads for which no language was chosen ask `source`, as callbacks of widgets do, which run before the page.

    `source` returns None where it knows none; English is spoken there.
    """
    _sources[:] = [source]


def _of_this_thread() -> str:
    for source in _sources:
        if language := source():
            _present.set(language)
            return language
    return SOURCE


def kept_by_language(maxsize: int | None = 128) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`functools.lru_cache` for functions whose results hold texts: each language has results of its own."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=maxsize)
        def kept(_language: str, *args: P.args, **kwargs: P.kwargs) -> R:
            return function(*args, **kwargs)

        @wraps(function)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            return kept(present(), *args, **kwargs)  # type: ignore[arg-type]

        asked.cache_clear = kept.cache_clear  # type: ignore[attr-defined]
        return asked

    return decorate
