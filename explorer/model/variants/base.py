"""The base class of all entries in the tables of variants: their texts."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One choice in a table. The subclasses add what it places in the network."""

    label: str
    """Short name for a menu."""
    help: str
    """One or two sentences: what it changes."""
    source: str
    """Who proposed it: paper, year, section."""
    uses: tuple[str, ...] = ()
    """Spec fields that have an effect only with a choice that lists them: `skip_scale` with constant scaling."""
