"""What a parser of lessons must know of the pages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

StepQuery = Mapping[str, tuple[str, ...]]


class PageTables(Protocol):
    """The addresses of all pages, and which pages ask a question."""

    def pages(self) -> Collection[str]:
        """The paths of the pages that a step may show; Build's is empty."""

    def read(self, page: str, query: StepQuery) -> tuple[StepQuery, Sequence[str]]:
        """The part of a page's query that fits, and a sentence for each name that does not."""

    def controls(self, page: str, query: StepQuery) -> Collection[str]:
        """The names of the address whose controls the page has at this query."""

    def asks(self, page: str, query: StepQuery) -> bool:
        """Whether the page asks a question of its own at this query."""
