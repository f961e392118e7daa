"""Known networks by name. A preset is a row of field values; the docs list the networks that no fields can express."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from explorer.language import Text, in_source, sentence
from explorer.model.errors import SpecError
from explorer.model.field_types import either, shown
from explorer.model.presets.tables import TABLES

NEAREST_SHOWN = 3


@dataclass(frozen=True)
class Preset:
    """A known network."""

    name: str
    title: str
    """In English, as texts that are kept have it."""
    told_title: Text
    """To be told in the present language."""
    family: str
    source: str
    fields: dict[str, Any]
    """The spec's fields that differ from the defaults."""
    depth: int | None = None
    """The depth that its paper gives, where the paper counts otherwise than `Graph.depth`."""
    library: str = ""
    """The module of a library that has this network, such as `timm.models.resnet`; empty where none is compared."""


PRESETS: dict[str, Preset] = {
    row.name: Preset(
        row.name,
        in_source(row.title),
        row.title,
        table.family,
        row.source or table.source,
        table.common | row.fields,
        row.depth,
        table.library,
    )
    for table in TABLES
    for row in table.rows
}
"""Every known network, by the name used on the command line and in links."""


def preset_fields(name: object) -> dict[str, Any]:
    """The field values of a preset. Raises SpecError("preset") for an unknown name."""
    if isinstance(name, str) and name in PRESETS:
        return PRESETS[name].fields
    near = get_close_matches(name[:60], PRESETS, NEAREST_SHOWN) if isinstance(name, str) else []
    hint = sentence("did you mean {names}?", names=either(near)) if near else sentence("`presets` lists the names.")
    raise SpecError("preset", sentence("there is no network called {name}; {hint}", name=shown(name), hint=hint))
