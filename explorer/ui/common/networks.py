"""The name of a network in an address, and its label on the pages."""

from explorer.language import _, speaking, told
from explorer.language.catalogues import SOURCE
from explorer.model import PRESETS, ModelSpec, SpecError, preset
from explorer.model.link import SEPARATOR, from_link, to_link


def network_spec(name: str) -> ModelSpec:
    """The spec of a known name or of a link. Raises SpecError."""
    return from_link(name) if SEPARATOR in name else preset(name)


def network_label(name: str) -> str:
    """The label of a network: a known network's title, or that of the nearest one and the differences."""
    if name in PRESETS:
        return told(PRESETS[name].told_title)
    try:
        spec = from_link(name)
    except SpecError:
        return name[:40]
    base, *changes = to_link(spec).split("~")[1:-1]
    shown = ", ".join(change.replace(".", " = ", 1).replace("_", " ") for change in changes[:3])
    title = told(PRESETS[base].told_title) if base in PRESETS else base
    if len(changes) > 3:
        return _("{network} with {changes} and {count} more").format(
            network=title, changes=shown, count=len(changes) - 3
        )
    return _("{network} with {changes}").format(network=title, changes=shown) if changes else title


def stored_label(name: str) -> str:
    """`network_label` in English, as records of trainings keep it."""
    with speaking(SOURCE):
        return network_label(name)


def canonical_name(name: str) -> str:
    """The one name of the network with this name or link. Raises SpecError."""
    return network_name(network_spec(name))


def network_name(spec: ModelSpec) -> str:
    """The network's name in an address: its preset's name, or its link."""
    text = to_link(spec)
    base, *changes = text.split("~")[1:-1]
    return text if changes or base not in PRESETS else base
