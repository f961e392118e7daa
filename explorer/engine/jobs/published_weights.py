"""What the installed torchvision says of its published weights: `python -m explorer.engine.jobs.published_weights`.

Sends one object for each weights entry of the networks that this program has as presets. Only the metadata are read;
no weights are loaded and nothing is fetched.
"""

import sys
from math import isnan

import torchvision
from torchvision.models import WeightsEnum, get_model_weights, list_models

from explorer.jobs.child_side import answer_one, texts_of
from explorer.jobs.weights_and_onnx import PublishedWeights
from explorer.model import PRESETS

DATASET = "ImageNet-1K"


def published_weights() -> tuple[PublishedWeights, ...]:
    """torchvision's weights entries of the networks that are presets. Accuracies are percent.

    Entries without an accuracy are left out: their classifier is not trained (VGG-16's for detection).
    """
    names = [name for name in list_models(module=torchvision.models) if name in PRESETS]
    entries = (_entry(name, entry) for name in names for entry in get_model_weights(name))
    return tuple(entry for entry in entries if not isnan(entry.top1))


def _entry(name: str, entry: WeightsEnum) -> PublishedWeights:
    accuracy = entry.meta["_metrics"][DATASET]
    return PublishedWeights(
        preset=name,
        weights=entry.name,
        default=entry is getattr(type(entry), "DEFAULT", None),
        params=entry.meta["num_params"],
        gmacs=entry.meta["_ops"],
        file_mb=entry.meta["_file_size"],
        top1=accuracy["acc@1"],
        top5=accuracy["acc@5"],
        recipe=entry.meta["recipe"],
        url=entry.url,
        min_size=tuple(entry.meta["min_size"]),
        full_name=str(entry),
    )


if __name__ == "__main__":
    sys.exit(answer_one(dict[str, str], lambda request, send_progress: published_weights(), texts_of()))
