"""Whether a network can start from the weights of a finished run, by names and shapes alone, and what is replaced."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from explorer.artifacts.shared import local_checkpoint
from explorer.jobs.errors import SettingsError
from explorer.jobs.paths import WEIGHTS_PREFIX
from explorer.language import N_, sentence
from explorer.model import ModelSpec, SpecError, assemble
from explorer.model.graph import Stage
from explorer.model.identity.canonical import signature
from explorer.model.ops import Shape
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings
from explorer.runs.start import FROZEN

MAY_DIFFER = (
    *("in_channels", "image_size", "image_width", "num_classes"),
    *("zero_init_residual", "drop_path", "drop_path_mode", "block_dropout", "head_dropout"),
)
"""Fields in which the network may differ from that of the weights: its images, its classes, what only training uses."""
LONGEST_HEADER = 2**26
GONE = N_("the weights of this run are not kept (any more); choose another run")
NOT_OVER = N_("this run has not finished; choose one that has, or wait")
OTHER_NETWORK = N_(
    "these are the weights of another network, which differs in {fields}; choose that network, or other weights"
)
MISFIT = N_("these weights do not fit the network: {reason}")
MISSING, MISSHAPEN = N_("{count} tensors are missing, first {name}"), N_("{name} is {ours} here, {theirs} there")
STEM = N_(
    "the first layer of these weights reads {theirs} channels, the images have {ours}: it can be turned into one for"
    " grey images, and one for grey images into another, and no further"
)
USUAL_START = ", from its usual start"
"""What stands behind the label of a network that is trained from its usual start too."""
STANDARDISED = N_("{reason}; nor where its weights are standardised")


class KeptWeights(NamedTuple):
    """The table of contents of a run's weights."""

    spec: ModelSpec | None
    """The network that they were written for; None where an older version wrote them."""
    shapes: dict[str, Shape]


class StartPlan(NamedTuple):
    """What becomes of the weights of a run in a network: everything else is taken as it is."""

    replaced: tuple[str, ...]
    """The names of the classifier's tensors where there are other classes: they start at random."""
    classes: tuple[int, int]
    """Of the weights and of the network."""
    first: str
    """The name of the first layer's weight."""
    channels: tuple[int, int]
    """Of the weights and of the network; where they differ, the first layer is turned into one for the others."""


def kept_weights(run_id: str) -> KeptWeights:
    """What a finished run has kept. Raises SettingsError on `start_from`."""
    try:
        path = local_checkpoint(run_id)
        return _read(path, path.stat().st_mtime_ns)
    except SettingsError:
        raise
    except (OSError, ValueError, KeyError, TypeError):
        raise SettingsError("start_from", sentence(GONE)) from None


@lru_cache(maxsize=32)
def _read(path: Path, _: int) -> KeptWeights:
    # A safetensors file begins with the length of a JSON object, which names its tensors.
    with path.open("rb") as file:
        header = json.loads(file.read(min(int.from_bytes(file.read(8), "little"), LONGEST_HEADER)))
    facts = header.pop("__metadata__", {})
    if facts.get("complete", "True") != "True":
        raise SettingsError("start_from", sentence(NOT_OVER))
    shapes = {name.removeprefix(WEIGHTS_PREFIX): tuple(each["shape"]) for name, each in header.items()}
    return KeptWeights(_spec_of(facts.get("fingerprint", "")), shapes)


def _spec_of(fingerprint: str) -> ModelSpec | None:
    """The network with which a checkpoint's fingerprint begins."""
    if not fingerprint:
        return None
    try:
        return ModelSpec.from_dict(json.JSONDecoder().raw_decode(fingerprint)[0])
    except SpecError:
        return None


def start_plan(spec: ModelSpec, settings: TrainingSettings) -> StartPlan | None:
    """How the network of `spec`, fitted to its data set, takes the weights that the settings name; None: at random.

    Raises SettingsError on `start_from` where the weights are gone or another network's, on `frozen` where the network
    lacks the stages.
    """
    frozen_stages(spec, settings)
    if not settings.start_from:
        return None
    kept = kept_weights(settings.start_from)
    if kept.spec is not None:
        _check_same(kept.spec, spec)
    ours = {
        f"{path}.{name}": shape
        for path, node in assemble(spec).nodes()
        for name, shape in (node.op.parameters() | node.op.buffers()).items()
    }
    if missing := [name for name in ours if name not in kept.shapes]:
        reason = sentence(MISSING, count=len(missing), name=missing[0])
        raise SettingsError("start_from", sentence(MISFIT, reason=reason))
    return _plan(ours, kept.shapes, spec)


def _check_same(source: ModelSpec, spec: ModelSpec) -> None:
    alike = replace(source, **{name: getattr(spec, name) for name in MAY_DIFFER})
    if signature(alike) != signature(spec):
        raise SettingsError("start_from", sentence(OTHER_NETWORK, fields=", ".join(spec.changes(alike))))


def _plan(ours: dict[str, Shape], theirs: dict[str, Shape], spec: ModelSpec) -> StartPlan:
    owners = [name.rpartition(".")[0] for name in ours]
    first, classifier = f"{owners[0]}.weight", f"{owners[-1]}."
    odd = [name for name in ours if ours[name] != theirs[name]]
    replaced = tuple(name for name in odd if name.startswith(classifier) and ours[name][1:] == theirs[name][1:])
    adapted = [name for name in odd if name == first and _but_channels(ours[name]) == _but_channels(theirs[name])]
    if rest := [name for name in odd if name not in replaced and name not in adapted]:
        name = rest[0]
        reason = sentence(MISSHAPEN, name=name, ours=str(ours[name]), theirs=str(theirs[name]))
        raise SettingsError("start_from", sentence(MISFIT, reason=reason))
    channels = theirs[first][1], ours[first][1]
    if adapted and (1 not in channels or spec.weight_standardization):
        reason = sentence(STEM, theirs=channels[0], ours=channels[1])
        raise SettingsError(
            "start_from", sentence(STANDARDISED, reason=reason) if spec.weight_standardization else reason
        )
    weight = f"{classifier}weight"
    return StartPlan(replaced, (theirs[weight][0], ours[weight][0]), first, channels)


def _but_channels(shape: Shape) -> Shape:
    return shape[:1] + shape[2:]


def with_usual_start(
    named_networks: Iterable[NamedNetwork], settings: TrainingSettings, *, wanted: bool = True
) -> list[tuple[NamedNetwork, TrainingSettings]]:
    """Each network with the settings, and where these name weights, and it is wanted, again from its usual start.

    Both see the same images in the same order, and a new head starts with the same values.
    """
    planned = []
    for network in named_networks:
        planned.append((network, settings))
        if wanted and settings.start_from:
            contestant = NamedNetwork(f"{network.label}{USUAL_START}", network.spec)
            planned.append((contestant, settings.from_usual_start()))
    return planned


def frozen_stages(spec: ModelSpec, settings: TrainingSettings) -> Sequence[Stage]:
    """The stages of the network, stem first, that keep their weights. Raises SettingsError on `frozen`."""
    count, stages = FROZEN[settings.frozen].stages, assemble(spec).stages
    body = stages[:-1]
    if count is not None and count > len(body):
        told = sentence("this network has {count} stages; freeze fewer, or all but the head", count=len(body) - 1)
        raise SettingsError("frozen", told)
    return body[:count]
