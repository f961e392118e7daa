"""Lab 5: ResNeXt's paths, their three equal forms, their cost, and convolutions as wiring."""

from explorer.language import N_
from explorer.ui.labs.convolution_wiring import WIRING_PART
from explorer.ui.labs.equal_cost import COST_PART
from explorer.ui.labs.resnext_forms import FORMS_PART
from explorer.ui.labs.shared.lab import Lab

LAB = Lab("cardinality", 5, N_("Cardinality"), (FORMS_PART, COST_PART, WIRING_PART))
