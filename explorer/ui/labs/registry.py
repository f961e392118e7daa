"""The table of laboratories, in the order in which they are offered."""

from collections.abc import Mapping
from types import MappingProxyType

from explorer.ui.labs import bottleneck, cardinality, degradation, inside, landscape, lesion, order, shortcuts, signal
from explorer.ui.labs.shared.lab import Lab

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
        )
    }
)
"""Every laboratory by the name it has in the address: one entry each."""
