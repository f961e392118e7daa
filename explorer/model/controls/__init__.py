"""What each field of a spec means: its kind of value, its texts on a page, and when it has an effect.

Validation, widgets and documentation all read this table.
"""

from explorer.model.controls.body import BODY
from explorer.model.controls.control import Control
from explorer.model.controls.ends import ENDS
from explorer.model.controls.layers import LAYERS
from explorer.model.controls.unit import UNIT

__all__ = ["CONTROLS", "Control"]

CONTROLS: dict[str, Control] = BODY | UNIT | LAYERS | ENDS
"""Every field of `SpecValues` by its JSON name, in the same order, which is that of the page."""
