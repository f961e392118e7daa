"""Trains variants, identifies each by its norms, and writes the thresholds.

`python -m scripts.identification_thresholds`; arguments are data sets (default: all).

Every variant is trained for a short time on a data set, then held among all candidates with tensors of the same shapes,
on images of the same data set and on crops of photographs. For every ratio it is counted how often the right network
alone is left (right), is excluded (wrong), or is left with others (undecided). The record has the counts, and the
thresholds with which none was wrong. It takes some minutes on two cores.
"""

import json
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import nn

import explorer.identify
from explorer.engine.data.images import load_data
from explorer.engine.identification import Images, by_name_or_order, dataset_images, photographs, weigh
from explorer.engine.lowering import build_module
from explorer.engine.training.loop import train
from explorer.experiments.request_values import QUICK_TRAINING, small_network
from explorer.identify.function import function_of
from explorer.identify.records import Evidence, Identification
from explorer.identify.thresholds import FILE, Thresholds
from explorer.identify.verdict import differing, times_farther
from explorer.model import ModelSpec

RECORD = Path(explorer.identify.__file__).parent / FILE
DEPTH, STEPS = 14, 150
DATASETS: Mapping[str, str] = MappingProxyType({"digits": "crop", "gratings": "none"})
"""The augmentation with which the variants are trained on each."""
VARIANTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "plain": {"shortcut": "none"},
        "pad": {},
        "pad_behind": {"shortcut": "pad_behind"},
        "pad_average": {"shortcut": "pad_average"},
        "projection": {"shortcut": "projection"},
        "relu_before_add": {"activation_order": "relu_before_add"},
        "bn_after_add": {"activation_order": "bn_after_add"},
        "relu_only_preact": {"activation_order": "relu_only_preact"},
        "silu": {"activation": "silu"},
        "gelu": {"activation": "gelu"},
        "leaky_relu": {"activation": "leaky_relu", "leaky_slope": 0.1},
        "lambda_0.9": {"skip": "scale", "skip_scale": 0.9},
        "blur": {"antialias": "blur"},
    }
)
UNSEEN = frozenset({"norm_eps", "head_pool", "head_scale"})
"""Fields that change no norm's input, or next to nothing of it."""
RATIOS = (1.05, 1.1, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
MARGIN = 1.25
"""The thresholds are wider by this than the experiment asks."""
WIDE = Thresholds(3.0, inf)


@dataclass(frozen=True)
class Trained:
    """One trained variant, held against all candidates on images of one source."""

    dataset: str
    variant: str
    source: str
    candidates: int
    distance: float
    """Of the right network."""
    behind: float
    """How many times as far as the best candidate the right network is; 1 where it is the best."""
    ahead: float
    """How many times as far as the right network its nearest rival is."""
    rival: str
    """How that rival differs."""


def trained(name: str, dataset: str, steps: int = STEPS) -> tuple[ModelSpec, nn.Module]:
    """The variant, fitted to the data set and trained on it."""
    made: list[nn.Module] = []
    fitted: list[ModelSpec] = []

    def build(spec: ModelSpec) -> nn.Module:
        fitted.append(spec)
        made.append(build_module(spec))
        return made[0]

    settings = replace(QUICK_TRAINING, dataset=dataset, steps=steps, augmentation=DATASETS[dataset])
    for _ in train(small_network(DEPTH, **VARIANTS[name]), settings, load_data(dataset), build):
        pass
    return fitted[0], made[0]


def held(
    name: str, dataset: str, steps: int = STEPS, sources: Sequence[str] = ("data", "photographs")
) -> Iterator[Trained]:
    """The trained variant among all candidates, on images of each source."""
    spec, network = trained(name, dataset, steps)
    tensors = by_name_or_order(network.state_dict())
    for source in sources:
        images = photographs(spec) if source == "photographs" else replace(dataset_images(dataset, spec), labels=None)
        yield _outcome(
            name, dataset, spec, weigh(Identification(name, spec, "shapes"), tensors, images, limits=WIDE), images
        )


def _outcome(name: str, dataset: str, spec: ModelSpec, found: Identification, images: Images) -> Trained:
    right = next(each for each in found.evidence if function_of(each.spec) == function_of(spec))
    rivals = [each for each in found.evidence if each is not right and not set(differing(each.spec, spec)) <= UNSEEN]
    behind = max([1.0, *(1 / max(times_farther(each, right), 1e-9) for each in rivals)])
    nearest = min(rivals, key=lambda each: times_farther(each, right))
    return Trained(
        dataset,
        name,
        images.source,
        len(found.evidence),
        round(_distance(right), 4),
        round(behind, 3),
        round(times_farther(nearest, right), 3),
        ", ".join(f"{field} {getattr(nearest.spec, field)}" for field in differing(nearest.spec, spec)),
    )


def _distance(evidence: Evidence) -> float:
    return inf if evidence.distance is None else evidence.distance


def counts(rows: Iterable[Trained], ratio: float) -> dict[str, int]:
    """How many are right, wrong and undecided at a ratio."""
    found = {"right": 0, "wrong": 0, "undecided": 0}
    for row in rows:
        found["wrong" if row.behind > ratio else "right" if row.ahead > ratio else "undecided"] += 1
    return found


def chosen(rows: Sequence[Trained]) -> Thresholds:
    """The smallest ratio at which none is wrong and a distance that all right networks are within, with a margin."""
    ratio = next(each for each in RATIOS if not counts(rows, each / MARGIN)["wrong"])
    return Thresholds(ratio, round(MARGIN * max(row.distance for row in rows), 2))


def record_of(rows: Sequence[Trained]) -> dict[str, Any]:
    """What is stored."""
    by_source = {source: [row for row in rows if row.source == source] for source in ("data", "photographs")}
    return {
        "thresholds": {source: asdict(chosen(each)) for source, each in by_source.items()},
        "counts": {
            source: {f"{ratio:g}": counts(each, ratio) for ratio in RATIOS} for source, each in by_source.items()
        },
        "protocol": {
            "depth": DEPTH,
            "training": replace(QUICK_TRAINING, steps=STEPS).to_dict(),
            "augmentation": dict(DATASETS),
            "python": platform.python_version(),
            "torch": torch.__version__,
        },
        "files": [asdict(row) for row in rows],
    }


def stored() -> tuple[Trained, ...]:
    """The rows on record."""
    return tuple(Trained(**row) for row in json.loads(RECORD.read_text(encoding="utf-8"))["files"])


def main(names: Sequence[str]) -> None:
    """Trains and holds every variant on the named data sets, and writes the record; the rows of the others stay."""
    torch.set_num_threads(1)
    rows: list[Trained] = []
    for dataset in names or list(DATASETS):
        for name in VARIANTS:
            for row in held(name, dataset):
                rows.append(row)
                sys.stderr.write(f"{row}\n")
    kept = [row for row in stored() if names and row.dataset not in names]
    RECORD.write_text(json.dumps(record_of([*kept, *rows]), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
