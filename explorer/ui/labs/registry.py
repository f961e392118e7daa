"""The table of all labs, in the order of the page."""

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
"""Every lab by its name in the URL."""
