"""The types of a lab: a name, and parts that each show one experiment."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.ui.common.address import AddressField
from explorer.ui.labs.shared.controls import Controls


@dataclass(frozen=True)
class Part:
    """One experiment of a lab. `draw` puts it on the page, with a control for each of its `fields` of the address.

    Its text is the section `name` of the lab's Markdown file.
    """

    name: str
    title: str
    draw: Callable[[Controls], None]
    fields: tuple[AddressField, ...]


@dataclass(frozen=True)
class Lab:
    """A lab. `name` is its name in the URL and the name of its file in `assets/text/<language>/labs`."""

    name: str
    number: int
    title: str
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part:
        """The part with this name; the first part if there is none."""
        return next((part for part in self.parts if part.name == name), self.parts[0])
