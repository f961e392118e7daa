"""The networks and training settings with which a lab starts: small enough to be trained while a visitor waits."""

from typing import Any

from explorer.model import ModelSpec
from explorer.runs.settings import TrainingSettings

QUICK_TRAINING = TrainingSettings(
    steps=150, batch_size=32, device="cpu", precision="fp32", evaluate_every=0, diagnose_every=0
)
"""The cheapest training in which plain and residual networks still part: at depth 20, over three seeds, losses of
0.25 to 0.50 against 0.06 to 0.11; at depth 56 of 1.7 to 2.0 against 0.06 to 0.11."""


def small_network(depth: int = 20, *, plain: bool = False, **changes: Any) -> ModelSpec:
    """A CIFAR network of He et al. 2015, section 4.2 with half the width: 8, 16, 32 channels, 6n + 2 layers.

    `changes` are fields of the spec. Raises SpecError where they do not go together.
    """
    blocks = max(1, (depth - 2) // 6)
    fields: dict[str, Any] = {
        "block": "basic",
        "stage_blocks": (blocks, blocks, blocks),
        "stage_widths": (8, 16, 32),
        "stem": "cifar",
        "stem_width": 8,
        "shortcut": "none" if plain else "pad",
        "in_channels": 1,
        "image_size": 8,
        "num_classes": 10,
    }
    return ModelSpec(**(fields | changes))
