"""The table of all labs, in the order of the page."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from explorer.language import N_
from explorer.ui.common.address import AddressField, PageAddress
from explorer.ui.common.address_types import OneOf
from explorer.ui.labs import (
    bottleneck,
    cardinality,
    degradation,
    fold,
    inside,
    landscape,
    lesion,
    order,
    refinement,
    shattered,
    shortcuts,
    signal,
    starts,
    survives,
)
from explorer.ui.labs.shared.lab import NET, RUNS, Lab, Part

LAB, PART = "lab", "part"

LABS: Mapping[str, Lab] = MappingProxyType(
    {
        lab.name: lab
        for lab in (
            degradation.LAB,
            signal.LAB,
            shortcuts.LAB,
            order.LAB,
            cardinality.LAB,
            bottleneck.LAB,
            lesion.LAB,
            landscape.LAB,
            inside.LAB,
            refinement.LAB,
            shattered.LAB,
            starts.LAB,
            fold.LAB,
            survives.LAB,
        )
    }
)
"""Every lab by its name in the URL."""


def _page_fields(parts: Sequence[str]) -> tuple[AddressField, ...]:
    return (
        AddressField(LAB, N_("Lab"), OneOf(lambda: LABS), next(iter(LABS)), N_("The lab; always given.")),
        AddressField(PART, N_("Part"), OneOf(lambda: parts), parts[0], N_("The lab's part; always given.")),
        NET,
        RUNS,
    )


ADDRESS = PageAddress(
    "labs", _page_fields(list(dict.fromkeys(part.name for lab in LABS.values() for part in lab.parts)))
)
"""The fields that every part of every lab has."""


def part_address(lab: Lab, part: Part) -> PageAddress:
    """All fields of the address of one part of a lab."""
    return PageAddress("labs", (*_page_fields([each.name for each in lab.parts]), *part.fields))
