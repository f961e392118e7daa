"""Lab 11: gradients of neighbouring inputs, and how alike two inputs stay, in plain and residual networks."""

from explorer.language import N_
from explorer.ui.labs.neighbouring_gradients import GRADIENTS_PART
from explorer.ui.labs.shared.lab import Lab
from explorer.ui.labs.two_inputs import INPUTS_PART

LAB = Lab("shattered", 11, N_("Shattered gradients"), (GRADIENTS_PART, INPUTS_PART))
