"""The groups of Build's controls."""

from explorer.model.controls import CONTROLS

GROUPS: dict[str, list[str]] = {}
"""The fields of each group of controls, in the order of their declarations."""
for _name, _declared in CONTROLS.items():
    GROUPS.setdefault(_declared.group, []).append(_name)
UNFOLDED_AT_FIRST = list(GROUPS)[:1]
"""Only one group: each control that is drawn makes every move slower."""
