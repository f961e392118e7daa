"""Two pages for the parser: `plain` asks nothing, `asking` asks a question."""

from collections.abc import Collection, Sequence

from explorer.lessons.tables import StepQuery

NAMES = ("depth", "width")


class TwoPages:
    """Addresses with the names NAMES, whose values are numbers."""

    def pages(self) -> Collection[str]:
        return ("plain", "asking")

    def read(self, page: str, query: StepQuery) -> tuple[StepQuery, Sequence[str]]:
        fitting = {name: texts for name, texts in query.items() if name in NAMES and texts[-1].isdigit()}
        return fitting, [f"{name} does not fit" for name in query if name not in fitting]

    def controls(self, page: str, query: StepQuery) -> Collection[str]:
        return NAMES

    def asks(self, page: str, query: StepQuery) -> bool:
        return page == "asking"
