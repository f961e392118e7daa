"""What differs between networks as one picture: rows of blocks, aligned by stage and number, against the first row."""

from explorer.outputs.diff.ops import op_table
from explorer.outputs.diff.picture import diff_summary, diff_svg
from explorer.outputs.diff.plan import Cell, Diff, Slot, StageSlots, plan_diff

__all__ = ["Cell", "Diff", "Slot", "StageSlots", "diff_summary", "diff_svg", "op_table", "plan_diff"]
