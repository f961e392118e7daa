"""Lab 3: what the shortcut does to x (He et al. 2016, Table 1), and options A, B, C (He et al. 2015, Table 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, Verdict, by_seed, judge_seeds, span
from explorer.experiments.claims.lengths import SHORT, TrainingLength
from explorer.experiments.request_values import Subject, small_network
from explorer.experiments.result import Training
from explorer.language import N_, Sentence, sentence
from explorer.model import ModelSpec
from explorer.model.changes import plain_twin


@dataclass(frozen=True)
class ShortcutKind:
    """A kind of shortcut of He et al. 2016, Table 1: its label, and the fields of the spec that make it."""

    label: str
    fields: Mapping[str, Any]


KINDS: Mapping[str, ShortcutKind] = MappingProxyType(
    {
        "identity": ShortcutKind(N_("(a) identity"), {}),
        "half": ShortcutKind("(b) 0.5 x + F", {"skip": "scale", "skip_scale": 0.5}),
        "halves": ShortcutKind("(b) 0.5 x + 0.5 F", {"skip": "scale", "skip_scale": 0.5, "residual_scale": 0.5}),
        "exclusive": ShortcutKind(N_("(c) exclusive gate"), {"skip": "exclusive_gate"}),
        "gate": ShortcutKind(N_("(d) shortcut-only gate"), {"skip": "shortcut_gate"}),
        "conv": ShortcutKind(N_("(e) 1x1 convolution"), {"skip": "conv1x1"}),
        "dropout": ShortcutKind(N_("(f) dropout 0.5"), {"skip": "dropout", "skip_dropout": 0.5}),
    }
)
GATES = ("exclusive", "gate")
DEPTH, BIAS = 56, -6.0
KINDS_LENGTH = SHORT._replace(steps=100)
COMPARED = ("identity", "half", "conv")
FAILED = 20.0
"""A test error in percent: Table 1 calls a training with a higher one failed."""


def kind_label(name: str, bias: float = BIAS) -> str:
    """The label of a kind in a comparison; a gate's has its initial bias."""
    return f"{KINDS[name].label}, bias {bias:g}" if name in GATES else KINDS[name].label


def kind_spec(base: ModelSpec, name: str, bias: float = BIAS) -> ModelSpec:
    """The network with this kind of shortcut. Raises SpecError if it does not fit."""
    fields = dict(KINDS[name].fields) | ({"gate_bias": bias} if name in GATES else {})
    return replace(base, **fields)


def kinds_plan(names: Sequence[str] = COMPARED, bias: float = BIAS, length: TrainingLength = KINDS_LENGTH) -> Plan:
    """The network with each kind of shortcut, trained on the same batches."""

    def subjects(base: ModelSpec) -> tuple[Subject, ...]:
        return tuple(Subject(kind_label(name, bias), kind_spec(base, name, bias)) for name in names)

    return Plan("short_race", {"seeds": length.seeds}, subjects, length.training)


def complete_seeds(result: ShortTrainingResult, labels: Sequence[str]) -> dict[int, list[Training]]:
    """The trainings with these labels, in this order, of each seed that has them all."""
    seeds = by_seed(result.trainings)
    return {
        seed: [found[label] for label in labels]
        for seed, found in seeds.items()
        if all(label in found for label in labels)
    }


def error_of(training: Training) -> float:
    """The test error in percent; that of a training that diverged counts as 100."""
    return 100.0 if training.diverged else training.test_error


def judge_kinds(result: ShortTrainingResult) -> Outcome:
    """Whether 0.5 on every shortcut fails, by the measure of Table 1, where the identity does not."""
    labels = [KINDS[name].label for name in ("identity", "half")]
    seeds = complete_seeds(result, labels)
    identity, half = ([error_of(found[place]) for found in seeds.values()] for place in (0, 1))
    return judge_seeds(
        {seed: error_of(found[1]) > FAILED >= error_of(found[0]) for seed, found in seeds.items()},
        sentence(
            "Test error with 0.5 x + F {half}, with the identity {identity}; above {failed:.0f} % counts as failed.",
            half=span(half, ".0f", " %"),
            identity=span(identity, ".0f", " %"),
            failed=FAILED,
        )
        if seeds
        else "",
        N_("Over few blocks the factor 0.5 takes little away, and the branches compensate it: choose more layers."),
        sentence("This comparison needs {first} and {second}.", first=sentence(labels[0]), second=sentence(labels[1])),
    )


KINDS_CLAIM = Claim(
    "shortcuts",
    "kinds",
    N_("With the identity on every shortcut the training works; with the factor 0.5 on every shortcut it fails."),
    N_("He et al. 2016, Table 1"),
    lambda: kinds_plan().request(small_network(DEPTH)),
    judge_kinds,
)

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "none": N_("plain, no shortcuts"),
        "pad": N_("A: padded"),
        "projection": N_("B: projected where shapes change"),
        "projection_all": N_("C: all projected"),
    }
)
OPTIONS_DEPTH = 20
"""9 blocks. Over 27 blocks projections on all shortcuts train far worse than A and B in so few steps."""


def options_plan(length: TrainingLength = SHORT) -> Plan:
    """The network without shortcuts and with each of the three options, trained on the same batches."""

    def subjects(base: ModelSpec) -> tuple[Subject, ...]:
        return tuple(Subject(label, option_spec(base, name)) for name, label in OPTIONS.items())

    return Plan("short_race", {"seeds": length.seeds}, subjects, length.training)


def option_spec(base: ModelSpec, name: str) -> ModelSpec:
    """The network with this option, or its plain twin. Raises SpecError if it does not fit."""
    return (plain_twin(base) or base) if name == "none" else replace(base, shortcut=name)


def judge_options(result: ShortTrainingResult) -> Outcome:
    """Whether A, B and C all end below the plain network in training loss, nearer to one another than to it."""
    plain, *options = OPTIONS.values()
    seeds = {
        seed: [each.final_loss for each in found] for seed, found in complete_seeds(result, (plain, *options)).items()
    }
    numbers = zip(OPTIONS, map(span, zip(*seeds.values(), strict=True)), strict=False)
    return judge_seeds(
        {seed: losses[0] - max(losses[1:]) > max(losses[1:]) - min(losses[1:]) for seed, losses in seeds.items()},
        sentence(
            "Training loss without shortcuts {none}, with A {pad}, with B {projection}, with C {projection_all}."
            " {best}",
            **dict(numbers),
            best=_best(seeds),
        )
        if seeds
        else "",
        N_(
            "With projections on all shortcuts no path is free of weights. Over many blocks that "
            "trains worse too (He et "
            "al. 2016, section 3.2, on 1x1 convolutions), and over few blocks the plain network trains as well."
        ),
        N_("This comparison needs the plain network and all three options."),
    )


def _best(seeds: Mapping[int, Sequence[float]]) -> Sentence:
    """Which option is the best of each seed: a paper's order that changes with the seed does not show here."""
    best = {"ABC"[losses.index(min(losses[1:]), 1) - 1] for losses in seeds.values()}
    if len(seeds) == 1:
        return sentence("One seed says nothing of their order.")
    if best == {"C"}:
        return sentence("C has the lowest in every seed.")
    if len(best) == 1:
        return sentence(
            "{option} has the lowest in every seed; after the paper's full training it is C.", option=best.pop()
        )
    return sentence(
        "Which has the lowest changes with the seed ({options}), so their order does not show here.",
        options=", ".join(sorted(best)),
    )


OPTIONS_CLAIM = Claim(
    "shortcuts",
    "options",
    N_(
        "All three options train better than the plain network and differ less from one another than from it, so "
        "projections are not essential against degradation."
    ),
    N_("He et al. 2015, section 4.1 and Table 3"),
    lambda: options_plan().request(small_network(OPTIONS_DEPTH)),
    judge_options,
    # All three train better than the plain network, but in 150 steps C lags behind A and B: it changes with the seed.
    expected=Verdict.UNDECIDED,
)


def judge_slowest(result: ShortTrainingResult) -> Outcome:
    """Whether C ends with a higher training loss than A and B."""
    _, *options = OPTIONS.values()
    seeds = {seed: [each.final_loss for each in found] for seed, found in complete_seeds(result, options).items()}
    numbers = zip(("pad", "projection", "projection_all"), map(span, zip(*seeds.values(), strict=True)), strict=False)
    return judge_seeds(
        {seed: losses[2] > max(losses[:2]) for seed, losses in seeds.items()},
        sentence("Training loss with A {pad}, with B {projection}, with C {projection_all}.", **dict(numbers))
        if seeds
        else "",
        N_("Over few blocks, or after many steps, the weights on the shortcuts do not delay the training."),
        N_("This comparison needs all three options."),
    )


SLOWEST_CLAIM = Claim(
    "shortcuts",
    "options",
    N_("At the start of training C, with weights on every shortcut, ends above A and B in training loss."),
    N_("not in a paper: after the full training of He et al. 2015, Table 3, C has the lowest error"),
    lambda: options_plan().request(small_network(OPTIONS_DEPTH)),
    judge_slowest,
    variant="slowest",
)
