"""Lab 11: the likeness of gradients of neighbouring inputs, in plain and residual networks."""

from explorer.ui.labs.neighbouring_gradients import GRADIENTS_PART
from explorer.ui.labs.shared.lab import Lab

LAB = Lab("shattered", 11, "Shattered gradients", (GRADIENTS_PART,))
