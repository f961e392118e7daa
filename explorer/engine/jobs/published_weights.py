"""What the installed torchvision says of its published weights: `python -m explorer.engine.jobs.published_weights`.

Sends one object for each weights entry of the networks that this program has as presets. Only the metadata are read;
no weights are loaded and nothing is fetched.
"""

import sys
from collections.abc import Iterator

import torchvision
from torchvision.models import get_model_weights, list_models

from explorer.jobs.child_side import answer_one, texts_of
from explorer.jobs.published_weights import NoSettings, PublishedWeights
from explorer.model import PRESETS

DATASET = "ImageNet-1K"


def published_weights() -> tuple[PublishedWeights, ...]:
    """torchvision's weights entries of the networks that are presets. Accuracies are percent."""
    names = [name for name in list_models(module=torchvision.models) if name in PRESETS]
    return tuple(entry for name in names for entry in _entries(name))


def _entries(name: str) -> Iterator[PublishedWeights]:
    weights = get_model_weights(name)
    default = getattr(weights, "DEFAULT", None)
    for entry in weights:
        yield PublishedWeights(
            preset=name,
            weights=entry.name,
            default=entry is default,
            params=entry.meta["num_params"],
            gmacs=entry.meta["_ops"],
            file_mb=entry.meta["_file_size"],
            top1=entry.meta["_metrics"][DATASET]["acc@1"],
            top5=entry.meta["_metrics"][DATASET]["acc@5"],
            recipe=entry.meta["recipe"],
            url=entry.url,
            min_size=tuple(entry.meta["min_size"]),
            full_name=str(entry),
        )


if __name__ == "__main__":
    sys.exit(answer_one(NoSettings, lambda request, send_progress: published_weights(), texts_of()))
