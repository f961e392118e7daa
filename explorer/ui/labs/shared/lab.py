"""What a laboratory is: a name, and parts that each show one experiment."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.ui.labs.shared.controls import Controls


@dataclass(frozen=True)
class Part:
    """One experiment of a laboratory. `draw` draws it, with controls whose values stand in the address bar.

    Its text is the section `name` of the laboratory's Markdown file.
    """

    name: str
    title: str
    draw: Callable[[Controls], None]


@dataclass(frozen=True)
class Lab:
    """A laboratory. `name` is its name in the address and that of its file in `assets/text/<language>/labs`."""

    name: str
    number: int
    title: str
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part:
        """The part of that name; the first where there is none."""
        return next((part for part in self.parts if part.name == name), self.parts[0])
