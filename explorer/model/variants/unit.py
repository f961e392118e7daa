"""The sizes of one residual unit and its place in the network, which variants read while they build it."""

from typing import NamedTuple


class Unit(NamedTuple):
    """One residual unit: its sizes and its place in the network. Hashable: equal units are one block."""

    in_channels: int
    width: int
    """Channels of the stage before expansion."""
    inner: int
    """Channels of the 3x3 convolution: int(width * base_width / 64) * cardinality."""
    out_channels: int
    stride: int
    dilation: int
    entry_dilation: int
    """Dilation of the unit's first spatial convolution: the previous stage's in a stage's first unit."""
    opens_network: bool
    """The first unit after the stem, which some activation orders treat differently."""
    drop_path: float
    """Probability with which stochastic depth drops this unit's branch."""

    @property
    def changes_channels(self) -> bool:
        return self.in_channels != self.out_channels

    @property
    def changes_shape(self) -> bool:
        return self.changes_channels or self.stride != 1
