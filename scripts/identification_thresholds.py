"""Trains variants, identifies each by its norms, and writes the thresholds and what they give on other networks.

`python -m scripts.identification_thresholds`; arguments are sets (`fit`, `check`; default: both).

Every variant is trained for a short time on a data set, then held among all networks in public use with tensors of the
same shapes and among those that differ in a field from the nearest of them, on images of the same data set and on crops
of photographs. The thresholds come from the set `fit`. On the set `check`, of other seeds, depths and widths, it is
counted how many of the files are proven, rightly and wrongly, and how many stay undecided.
"""

import json
import platform
import sys
import time
from collections.abc import Mapping, Sequence
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
from explorer.engine.identification.weigh import Rivals, neighbours
from explorer.engine.lowering import build_module
from explorer.engine.training.loop import train
from explorer.experiments.request_values import QUICK_TRAINING, small_network
from explorer.identify.function import function_of
from explorer.identify.public_use import in_public_use
from explorer.identify.records import Identification
from explorer.identify.thresholds import FILE, Thresholds
from explorer.identify.undecided import differing
from explorer.identify.verdict import times_farther
from explorer.model import ModelSpec

RECORD = Path(explorer.identify.__file__).parent / FILE
STEPS = 150
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
        "gelu": {"activation": "gelu"},
        "leaky_relu": {"activation": "leaky_relu", "leaky_slope": 0.2},
        "lambda_0.9": {"skip": "scale", "skip_scale": 0.9},
        "projection_silu": {"shortcut": "projection", "activation": "silu"},
        "projection_leaky_relu": {"shortcut": "projection", "activation": "leaky_relu", "leaky_slope": 0.2},
        "projection_lambda_0.9": {"shortcut": "projection", "skip": "scale", "skip_scale": 0.9},
    }
)
AUGMENTATION: Mapping[str, str] = MappingProxyType({"digits": "crop", "gratings": "none"})


@dataclass(frozen=True)
class Group:
    """Variants that are trained alike."""

    dataset: str
    depth: int
    width: int
    seed: int
    variants: tuple[str, ...]


SETS: Mapping[str, tuple[Group, ...]] = MappingProxyType(
    {
        "fit": (
            Group("digits", 8, 16, 0, tuple(VARIANTS)),
            Group("gratings", 8, 16, 0, ("plain", "pad", "projection", "silu", "leaky_relu")),
        ),
        "check": (
            Group(
                "digits",
                14,
                12,
                1,
                (
                    "plain",
                    "pad",
                    "pad_average",
                    "projection",
                    "relu_only_preact",
                    "silu",
                    "projection_silu",
                ),
            ),
            Group(
                "gratings",
                14,
                12,
                2,
                (
                    "plain",
                    "pad_behind",
                    "projection",
                    "leaky_relu",
                    "lambda_0.9",
                    "projection_lambda_0.9",
                ),
            ),
        ),
    }
)
SOURCES = ("data", "photographs")
RATIOS = (1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0, 2.5, 3.0)
MARGIN = 1.25
"""The thresholds are wider by this than the experiment asks."""
WIDE = Thresholds(RATIOS[-1], inf, inf)


@dataclass(frozen=True)
class Trained:
    """One trained variant, held against all candidates on images of one source."""

    set: str
    dataset: str
    depth: int
    width: int
    seed: int
    variant: str
    source: str
    known: bool
    """Whether the trained network is in public use."""
    distance: float
    """Of the nearest network in public use."""
    behind: float
    """How many times as far as the nearest one in public use the right network is."""
    rival: str
    """How the nearest other one in public use differs from the nearest."""
    farther: tuple[float, ...]
    """How many times as far each other one in public use is; 1 where no norm sees a difference."""
    nearer: float
    """How many times as far as the nearest network that is not in public use the nearest in public use is."""

    def outcome(self, limits: Thresholds) -> str:
        """What the rule of `identify.verdict` says of it with these thresholds.

        `right`, `wrong`: proven to be the network that it is, or another one. `beside`: proven to be one in public use,
        and the right one, which is not, is named as not excluded. `undecided`: the right one is among those that are
        left, or no known one is near. `excluded`: undecided, and the right one is not among them.
        """
        if self.distance > limits.distance or self.nearer > limits.nearer:
            return "undecided"
        others = [each for each in self.farther if each != 1.0 and each <= limits.ratio]
        left = self.behind <= limits.ratio
        if others:
            return "undecided" if left else "excluded"
        if self.known:
            return "right" if self.behind == 1.0 else "wrong"
        return "beside" if left else "wrong"


def trained(group: Group, variant: str, steps: int = STEPS) -> tuple[ModelSpec, nn.Module]:
    """The variant, fitted to the data set and trained on it."""
    made: list[nn.Module] = []
    fitted: list[ModelSpec] = []

    def build(spec: ModelSpec) -> nn.Module:
        fitted.append(spec)
        made.append(build_module(spec))
        return made[0]

    fields = {"stem_width": group.width, "stage_widths": (group.width, 2 * group.width, 4 * group.width)}
    spec = small_network(group.depth, **(fields | dict(VARIANTS[variant])))
    augmentation = AUGMENTATION[group.dataset]
    settings = replace(TRAINING, dataset=group.dataset, steps=steps, augmentation=augmentation, seed=group.seed)
    for _ in train(spec, settings, load_data(group.dataset), build):
        pass
    return fitted[0], made[0]


def weighed(
    made: tuple[ModelSpec, nn.Module], images: Images, public: Rivals = in_public_use, rivals: Rivals = neighbours
) -> Identification:
    """The trained network among its rivals, none of which is given up early."""
    spec, network = made
    tensors = by_name_or_order(network.state_dict())
    return weigh(Identification("trained", spec, "shapes"), tensors, images, limits=WIDE, public=public, rivals=rivals)


def held(name: str, group: Group, variant: str, source: str, made: tuple[ModelSpec, nn.Module]) -> Trained:
    """The trained variant of a set among all candidates, on images of one source."""
    spec = made[0]
    images = photographs(spec) if source == "photographs" else replace(dataset_images(group.dataset, spec), labels=None)
    found = weighed(made, images)
    known = {function_of(each) for each in in_public_use(spec)}
    public = [each for each in found.evidence if function_of(each.spec) in known]
    base, *others = public
    others.sort(key=lambda each: times_farther(each, base))
    right = next(each for each in found.evidence if function_of(each.spec) == function_of(spec))
    rare = min((1 / times_farther(base, each) for each in found.evidence if each not in public), default=1.0)
    fields = differing(others[0].spec, base.spec) if others else ()
    return Trained(
        *(name, group.dataset, group.depth, group.width, group.seed, variant, source, right in public),
        distance=round(base.distance or 0.0, 4),
        behind=round(times_farther(right, base), 3),
        rival=", ".join(f"{field} {getattr(others[0].spec, field)}" for field in fields),
        farther=tuple(round(min(times_farther(each, base), 999.0), 3) for each in others),
        nearer=round(1 / rare, 3),
    )


def counts(rows: Sequence[Trained], limits: Thresholds) -> dict[str, int]:
    """How many files have each outcome."""
    found = [row.outcome(limits) for row in rows]
    return {outcome: found.count(outcome) for outcome in ("right", "wrong", "beside", "undecided", "excluded")}


def chosen(rows: Sequence[Trained]) -> Thresholds:
    """The thresholds that leave every network in public use the nearest one, with a margin.

    The smallest ratio at which the right network always stays, how much nearer one that is not in public use ever was,
    and the largest distance of the right one.
    """
    known = [row for row in rows if row.known]
    distance = round(MARGIN * max(row.distance for row in known), 3)
    ratio = next(each for each in RATIOS if each >= MARGIN * max(row.behind for row in known))
    return Thresholds(ratio, round(MARGIN * max(row.nearer for row in known), 2), distance)


def record_of(rows: Sequence[Trained], seconds: float) -> str:
    """What is stored, as JSON with a line for each file."""
    by_source = {source: [row for row in rows if row.source == source] for source in SOURCES}
    limits = {source: chosen([row for row in each if row.set == "fit"]) for source, each in by_source.items()}
    facts = {
        "thresholds": {source: asdict(each) for source, each in limits.items()},
        "counts": {
            source: {name: counts([row for row in each if row.set == name], limits[source]) for name in SETS}
            for source, each in by_source.items()
        },
        "protocol": {
            "training": TRAINING.to_dict(),
            "augmentation": dict(AUGMENTATION),
            "margin": MARGIN,
            "seconds": round(seconds),
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
    """Trains and holds every variant of the named sets, and writes the record; the rows of the others stay."""
    torch.set_num_threads(1)
    start = time.monotonic()
    rows: list[Trained] = []
    for name in names or list(SETS):
        for group in SETS[name]:
            for variant in group.variants:
                made = trained(group, variant)
                for source in SOURCES:
                    rows.append(held(name, group, variant, source, made))
                    sys.stderr.write(f"{time.monotonic() - start:.0f} s: {rows[-1]}\n")
    kept = [row for row in stored() if row.set not in names] if names else []
    RECORD.write_text(record_of([*kept, *rows], time.monotonic() - start), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
