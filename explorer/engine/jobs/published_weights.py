"""What the installed torchvision says of its published weights: `python -m explorer.engine.jobs.published_weights`.

Prints JSON: torchvision's version, and one object per weights entry of the networks that this program has as presets.
Only the metadata are read; no weights are loaded and nothing is fetched.
"""

import json
import sys
from typing import Any

import torchvision
from torchvision.models import get_model_weights, list_models

from explorer.model import PRESETS

DATASET = "ImageNet-1K"


def weights_metadata() -> dict[str, Any]:
    """Torchvision's version and its weights entries. Accuracies are percent, `gmacs` are 10^9 multiply-adds."""
    names = [name for name in list_models(module=torchvision.models) if name in PRESETS]
    return {"torchvision": torchvision.__version__, "weights": [row for name in names for row in _entries(name)]}


def _entries(name: str) -> list[dict[str, Any]]:
    weights = get_model_weights(name)
    default = getattr(weights, "DEFAULT", None)
    return [
        {
            "preset": name,
            "weights": entry.name,
            "default": entry is default,
            "params": entry.meta["num_params"],
            "gmacs": entry.meta["_ops"],
            "file_mb": entry.meta["_file_size"],
            "top1": entry.meta["_metrics"][DATASET]["acc@1"],
            "top5": entry.meta["_metrics"][DATASET]["acc@5"],
            "recipe": entry.meta["recipe"],
            "url": entry.url,
            "min_size": list(entry.meta["min_size"]),
            "full_name": str(entry),
        }
        for entry in weights
    ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(weights_metadata()) + "\n")
