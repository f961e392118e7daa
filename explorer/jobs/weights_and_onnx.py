"""Checkpoints, ONNX files, published weights: a process of its own deals with them, so that torch is not loaded here.

Blocks for some seconds, most of which torch takes to start; a page calls it from a button.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from explorer.jobs.errors import text_of
from explorer.jobs.one_shot import ChildError, OneShot
from explorer.language import N_, Sentence, _, few, sentence
from explorer.model import ModelSpec
from explorer.model.link import changes_of_nearest

T = TypeVar("T")

LONGEST_SECONDS = 600.0
"""An export of the deepest network takes minutes; longer than this, something is wrong."""


class ExchangeError(ValueError):
    """A file that cannot be written or read; the message is one sentence."""


@dataclass(frozen=True)
class OnnxRequest:
    """The network of a specification (as JSON) to be written to `output`; `weights` is a checkpoint, empty for none."""

    spec: str
    output: str
    weights: str = ""


@dataclass(frozen=True)
class WeightsRequest:
    """A checkpoint file or torchvision's name, to be compared with the network of a specification (as JSON).

    What fits is written to `output`, unless it is empty.
    """

    spec: str
    source: str
    output: str = ""


MOST_KEYS = 1000
"""Keys of each kind that a report lists; the others are counted."""


@dataclass(frozen=True)
class WrongShape:
    """A tensor whose key fits and whose shape or type does not, as the network has it and as the checkpoint has it."""

    key: str
    expected: str
    found: str


@dataclass(frozen=True)
class CheckpointReport:
    """What became of a checkpoint. Nothing was loaded unless it fits. Of each kind the first 1,000 keys are listed."""

    source: str
    matched: int
    """Tensors whose key and shape are the network's."""
    renaming: str
    """The implementation whose names the keys are."""
    missing_count: int = 0
    missing: tuple[str, ...] = ()
    """Keys that the network has and the checkpoint lacks."""
    unexpected_count: int = 0
    unexpected: tuple[str, ...] = ()
    """Keys that the checkpoint has and the network lacks."""
    wrong_count: int = 0
    wrong: tuple[WrongShape, ...] = ()
    skipped_count: int = 0
    skipped: tuple[str, ...] = ()
    """What lay beside the network's tensors and was left out."""
    not_finite_count: int = 0
    not_finite: tuple[str, ...] = ()
    """Tensors of the file that hold NaN or infinity."""

    @property
    def fits(self) -> bool:
        """Whether every tensor fits, and all were loaded."""
        return not (self.missing_count or self.unexpected_count or self.wrong_count)


def report_summary(report: CheckpointReport) -> Sentence:
    """One sentence without its full stop."""
    if report.fits:
        return sentence(
            "Names and shapes of {source} fit: {matched:,} tensors loaded, by the names of {renaming}",
            source=report.source,
            matched=report.matched,
            renaming=report.renaming,
        )
    return sentence(
        "{source} does not fit, nothing was loaded: {missing:,} keys missing, {unexpected:,} unexpected, {wrong:,} of"
        " another shape, {matched:,} alike",
        source=report.source,
        missing=report.missing_count,
        unexpected=report.unexpected_count,
        wrong=report.wrong_count,
        matched=report.matched,
    )


def report_lines(report: CheckpointReport, spec: ModelSpec) -> Iterator[str]:
    """The summary, then every mismatch, key by key, and the next step; `spec` is the network's."""
    yield _("{sentence}.").format(sentence=report_summary(report))
    yield from _listed(report.missing_count, [_("missing     {key}").format(key=key) for key in report.missing])
    yield from _listed(report.unexpected_count, [_("unexpected  {key}").format(key=key) for key in report.unexpected])
    wrong = [
        _("wrong shape {key}: {expected} here, {found} there").format(
            key=each.key, expected=each.expected, found=each.found
        )
        for each in report.wrong
    ]
    yield from _listed(report.wrong_count, wrong)
    if report.skipped_count:
        yield _("Left out beside the weights: {names}.").format(names=few(report.skipped, FEW, report.skipped_count))
    if report.not_finite_count:
        names = few(report.not_finite, FEW, report.not_finite_count)
        yield _("NaN or infinity is in {names}: the network cannot answer.").format(names=names)
    if step := next_step(report, spec):
        yield step


HEADS = ("classifier", "head", "head.fc", "last_linear", "output", "logits", "linear")
"""What other programs call the last layer, which is `fc` here."""


def next_step(report: CheckpointReport, spec: ModelSpec) -> str:
    """What to do where only the head does not fit, in a sentence; empty where that is not all."""
    wrong = {each.key: each for each in report.wrong}
    head = {"fc.weight", "fc.bias"}
    if report.missing_count == len(report.missing) and set(report.missing) <= head and report.missing:
        if report.wrong_count:
            return ""
        found = next((name for name in HEADS if f"{name}.weight" in report.unexpected), "")
        if found and report.unexpected_count == report.missing_count:
            return _(
                "The file calls the head `{name}`: rename {name}.weight and {name}.bias to fc.weight and fc.bias."
            ).format(name=found)
        if not report.unexpected_count:
            return _(
                "Everything but the head fits: the file holds features only. Add fc.weight and fc.bias to it, or load"
                " it with strict=False and train the head."
            )
    elif wrong and set(wrong) <= head and not (report.missing_count or report.unexpected_count):
        classes = wrong[min(wrong)].found.strip("(").partition(",")[0]
        name, changes = changes_of_nearest(spec)
        fitting = json.dumps({"preset": name, **changes, "num_classes": int(classes)})
        return _(
            "Everything but the head fits: the file has {classes} classes. The network that it fits is {network}."
        ).format(classes=classes, network=fitting)
    return ""


FEW = 8
MORE_KEYS = N_("... and {more:,} more")


def _listed(count: int, lines: Sequence[str]) -> Iterator[str]:
    yield from lines
    if (more := count - len(lines)) > 0:
        yield _(MORE_KEYS).format(more=more)


@dataclass(frozen=True)
class PublishedWeights:
    """One weights entry of torchvision. Accuracies are percent on ImageNet-1K, one centre crop."""

    preset: str
    weights: str
    default: bool
    params: int
    gmacs: float
    """10^9 multiply-adds, rounded by torchvision to three decimals."""
    file_mb: float
    top1: float
    top5: float
    recipe: str
    url: str
    min_size: tuple[int, int]
    full_name: str = ""
    """As torchvision asks for it: `ResNet50_Weights.IMAGENET1K_V1`."""


@cache
def published_weights() -> tuple[PublishedWeights, ...]:
    """Every weights entry of the presets that torchvision has, read from the installed package.

    Blocks for the seconds that torchvision needs to be imported, once. Raises ChildError where it cannot be asked.
    """
    return OneShot("explorer.engine.jobs.published_weights", {}, tuple[PublishedWeights, ...]).result()


def export_onnx(spec: ModelSpec, path: Path, weights: Path | None = None) -> int:
    """Writes the network as an ONNX file, with fresh weights or a checkpoint's. Returns its size in bytes.

    Raises ExchangeError.
    """
    request = OnnxRequest(spec.to_json(), os.fspath(path), "" if weights is None else os.fspath(weights))
    return answer_of("onnx", request, int, LONGEST_SECONDS)


def check_weights(spec: ModelSpec, source: str, output: Path | None = None) -> CheckpointReport:
    """Whether a checkpoint file, or published weights by torchvision's name (downloaded), fit the network.

    What fits is written to `output`, if given, as safetensors under the network's own names. Raises ExchangeError.
    """
    request = WeightsRequest(spec.to_json(), source, "" if output is None else os.fspath(output))
    return answer_of("weights", request, CheckpointReport, LONGEST_SECONDS)


def answer_of(module: str, request: object, kind: type[T], seconds: float) -> T:
    """The answer of `explorer.engine.jobs.<module>`, which may take so many seconds. Raises ExchangeError."""
    try:
        return OneShot(f"explorer.engine.jobs.{module}", request, kind, seconds).result()
    except ChildError as error:
        raise ExchangeError(text_of(error)) from error
