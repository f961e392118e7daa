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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path
from statistics import fmean
from types import MappingProxyType
from typing import Any

import torch
from torch import nn

import explorer.identify
from explorer.engine.data.images import load_data
from explorer.engine.identification import Images, by_name_or_order, dataset_images, photographs, weigh
from explorer.engine.identification.weigh import neighbours
from explorer.engine.lowering import build_module
from explorer.engine.training.loop import train
from explorer.experiments.request_values import QUICK_TRAINING, small_network
from explorer.identify.function import function_of
from explorer.identify.records import Identification
from explorer.identify.thresholds import FILE, Thresholds
from explorer.identify.verdict import differing, times_farther
from explorer.model import ModelSpec

RECORD = Path(explorer.identify.__file__).parent / FILE
DEPTH, STEPS = 8, 150
TRAINING = replace(QUICK_TRAINING, schedule="linear", steps=STEPS)
"""Down to a rate of zero: norms remember the last dozens of batches, in which the weights should rest."""
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
        "leaky_relu": {"activation": "leaky_relu", "leaky_slope": 0.1},
        "lambda_0.9": {"skip": "scale", "skip_scale": 0.9},
    }
)
DATASETS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "digits": ("crop", tuple(VARIANTS)),
        "gratings": ("none", ("plain", "pad", "projection", "relu_before_add", "silu", "lambda_0.9")),
    }
)
"""The augmentation with which variants are trained on each, and which variants."""
SOURCES = ("data", "photographs")
UNSEEN = frozenset({"norm_eps", "head_pool", "head_scale"})
"""Fields that change no norm's input, or next to nothing of it."""
RATIOS = (1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
MARGIN = 1.25
"""The thresholds are wider by this than the experiment asks."""
WIDE = Thresholds(3.0, inf)


@dataclass(frozen=True)
class Trained:
    """One trained variant, held against all candidates on images of one source."""

    dataset: str
    variant: str
    source: str
    distance: float
    """Of the right network."""
    rival: str
    """How its nearest rival differs."""
    farther: tuple[float, ...]
    """How many times as far as the right network each rival is, the nearest first; less than 1 where it is nearer."""

    @property
    def behind(self) -> float:
        """How many times as far as the best candidate the right network is; 1 where it is the best."""
        return max(1.0, 1.0 / max(self.farther[0], 1e-9))


def trained(name: str, dataset: str, steps: int = STEPS) -> tuple[ModelSpec, nn.Module]:
    """The variant, fitted to the data set and trained on it."""
    made: list[nn.Module] = []
    fitted: list[ModelSpec] = []

    def build(spec: ModelSpec) -> nn.Module:
        fitted.append(spec)
        made.append(build_module(spec))
        return made[0]

    settings = replace(TRAINING, dataset=dataset, steps=steps, augmentation=DATASETS[dataset][0])
    for _ in train(small_network(DEPTH, **VARIANTS[name]), settings, load_data(dataset), build):
        pass
    return fitted[0], made[0]


def held(
    name: str, dataset: str, source: str, made: tuple[ModelSpec, nn.Module], rivals: Iterable[ModelSpec] | None = None
) -> Trained:
    """The trained variant among its rivals (default: all that differ in a field), on images of one source."""
    spec, network = made
    images = photographs(spec) if source == "photographs" else replace(dataset_images(dataset, spec), labels=None)
    tensors, tried = by_name_or_order(network.state_dict()), tuple(neighbours(spec) if rivals is None else rivals)
    found = weigh(Identification(name, spec, "shapes"), tensors, images, limits=WIDE, rivals=lambda _: tried)
    return _outcome(name, dataset, spec, found, images)


def _outcome(name: str, dataset: str, spec: ModelSpec, found: Identification, images: Images) -> Trained:
    right = next(each for each in found.evidence if function_of(each.spec) == function_of(spec))
    rivals = [each for each in found.evidence if each is not right and not set(differing(each.spec, spec)) <= UNSEEN]
    rivals.sort(key=lambda each: times_farther(each, right))
    return Trained(
        dataset,
        name,
        images.source,
        round(fmean(right.by_norm), 4),
        ", ".join(f"{field} {getattr(rivals[0].spec, field)}" for field in differing(rivals[0].spec, spec)),
        tuple(round(min(times_farther(each, right), 999.0), 3) for each in rivals),
    )


def counts(rows: Sequence[Trained], ratio: float) -> dict[str, int]:
    """Of the files, how many are right, wrong and undecided at a ratio; of their rivals, how many are excluded.

    Rivals in which no norm sees a difference (1 time as far) count for nothing.
    """
    found = {"right": 0, "wrong": 0, "undecided": 0, "excluded": 0, "rivals": 0}
    for row in rows:
        rivals = [each for each in row.farther if each != 1.0]
        excluded = sum(each * row.behind > ratio for each in rivals)
        found["excluded"] += excluded
        found["rivals"] += len(rivals)
        found["wrong" if row.behind > ratio else "right" if excluded == len(rivals) else "undecided"] += 1
    return found


def chosen(rows: Sequence[Trained]) -> Thresholds:
    """The smallest ratio at which none is wrong and a distance that all right networks are within, with a margin."""
    ratio = next(each for each in RATIOS if not counts(rows, each / MARGIN)["wrong"])
    return Thresholds(ratio, round(MARGIN * max(row.distance for row in rows), 2))


def record_of(rows: Sequence[Trained]) -> str:
    """What is stored, as JSON with a line for each file."""
    by_source = {source: [row for row in rows if row.source == source] for source in SOURCES}
    facts = {
        "thresholds": {source: asdict(chosen(each)) for source, each in by_source.items()},
        "counts": {
            source: {f"{ratio:g}": counts(each, ratio) for ratio in RATIOS} for source, each in by_source.items()
        },
        "protocol": {
            "depth": DEPTH,
            "training": TRAINING.to_dict(),
            "augmentation": {name: augmentation for name, (augmentation, _) in DATASETS.items()},
            "python": platform.python_version(),
            "torch": torch.__version__,
        },
    }
    files = ",\n".join("  " + json.dumps(asdict(row)) for row in rows)
    return f'{json.dumps(facts, indent=1)[:-2]},\n "files": [\n{files}\n ]\n}}\n'


def stored() -> tuple[Trained, ...]:
    """The rows on record."""
    files = json.loads(RECORD.read_text(encoding="utf-8"))["files"]
    return tuple(Trained(**row | {"farther": tuple(row["farther"])}) for row in files)


def main(names: Sequence[str]) -> None:
    """Trains and holds every variant on the named data sets, and writes the record; the rows of the others stay."""
    torch.set_num_threads(1)
    rows: list[Trained] = []
    for dataset in names or list(DATASETS):
        for name in DATASETS[dataset][1]:
            made = trained(name, dataset)
            for source in SOURCES:
                rows.append(held(name, dataset, source, made))
                sys.stderr.write(f"{rows[-1]}\n")
    kept = [row for row in stored() if names and row.dataset not in names]
    RECORD.write_text(record_of([*kept, *rows]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
