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
    rate_before: int
    """Places of the unit's input from one value to its neighbour in the network that strides everywhere: a convolution
    up to the one that strides, or would, is dilated by this."""
    rate_after: int
    """The same after the stride; larger than `rate_before` where the unit's stride is replaced by dilation."""
    grid: int
    """Factor on the dilation of the unit's convolutions (multi-grid)."""
    opens_network: bool
    """The first unit after the stem, which some activation orders treat differently."""
    drop_path: float
    """Probability with which stochastic depth drops this unit's branch."""
    is_transition: bool = False
    """It is no residual unit, but changes the shape for those of its stage."""

    @property
    def changes_channels(self) -> bool:
        return self.in_channels != self.out_channels

    @property
    def halves(self) -> bool:
        """Whether a stride belongs to the unit, be it replaced by dilation."""
        return self.stride != 1 or self.rate_after != self.rate_before

    @property
    def changes_shape(self) -> bool:
        """Whether the shortcut's shape must change; a stride that dilation replaces changes nothing about this."""
        return self.changes_channels or self.halves
