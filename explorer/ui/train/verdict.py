"""What a finished comparison showed, in sentences that are computed from its results.

A difference is stated only where it is clear: the largest loss of one network over its seeds is below half the smallest
loss of the other, and at least .05 below it. Everything else is called too close.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from explorer.language import N_, _, pgettext
from explorer.model import SpecError
from explorer.model.changes import plain_twin
from explorer.model.variants.shortcuts import is_plain
from explorer.runs.events import Finished
from explorer.runs.records import RunRecord
from explorer.ui.common import run_names

FACTOR, DIFFERENCE = 2.0, 0.05
Order = Literal["lower", "higher", "too close"]
TWINS: Mapping[Order, str] = {
    "lower": N_(
        "**With and without shortcuts, {layers} layers**: {residual} ended with the lower training loss,"
        " {residual_loss} against {plain_loss} of {plain}."
    ),
    "higher": N_(
        "**With and without shortcuts, {layers} layers**: {residual} ended with the higher training loss,"
        " {residual_loss} against {plain_loss} of {plain}."
    ),
    "too close": N_(
        "**With and without shortcuts, {layers} layers**: {residual} ended with a similar training loss,"
        " {residual_loss} against {plain_loss} of {plain}."
    ),
}
"""What is said of a network and its plain twin, by how the network ended against it."""
DEEPER: Mapping[Order, str] = {
    "higher": N_("deeper was worse in training"),
    "lower": N_("deeper was better"),
    "too close": N_("deeper was neither clearly better nor clearly worse"),
}
"""What is said of two depths, by how the deeper network ended against the shallower."""


@dataclass(frozen=True)
class Outcome:
    """How one network ended, over its seeds."""

    name: str
    depth: int
    plain: bool
    plain_form: str
    """The network without its shortcuts, and its settings: equal for a residual network and its plain twin."""
    family: str
    """What networks that differ in depth only have in common."""
    losses: tuple[float, ...]
    """The training loss of every finished seed, infinite where it diverged."""

    @property
    def text(self) -> str:
        """The mean loss, with its range where there are several seeds."""
        if inf in self.losses:
            return _("{part} of {whole} diverged").format(part=self.losses.count(inf), whole=len(self.losses))
        mean, low, high = (
            f"{loss:.3g}" for loss in (sum(self.losses) / len(self.losses), min(self.losses), max(self.losses))
        )
        text = _("{mean} ({low} to {high})") if len(self.losses) > 1 else "{mean}"
        return text.format(mean=mean, low=low, high=high)

    def against(self, other: "Outcome") -> Order:
        """Whether this network's loss is clearly the lower or the higher one."""
        if _clearly_below(self.losses, other.losses):
            return "lower"
        return "higher" if _clearly_below(other.losses, self.losses) else "too close"


def _clearly_below(losses: Sequence[float], others: Sequence[float]) -> bool:
    return max(losses) * FACTOR < min(others) and max(losses) + DIFFERENCE < min(others)


def outcomes(runs: Sequence[RunRecord]) -> list[Outcome]:
    """How every network ended of which at least one seed has; a spec of an older version is passed over."""
    groups = run_names.same_but_seed(runs)
    found = []
    for name, group in zip(run_names.network_names(groups), groups, strict=True):
        ends = [run.result.train_loss for run in group if isinstance(run.result, Finished)]
        losses = (*ends, *(inf for run in group if run.state == "diverged"))
        try:
            spec = group[0].spec
        except SpecError:
            continue
        if losses:
            settings = {key: value for key, value in json.loads(group[0].settings_json).items() if key != "seed"}
            fields = spec.to_dict()
            family = json.dumps([{**fields, "stage_blocks": len(spec.stage_blocks)}, settings], sort_keys=True)
            plain_form = json.dumps([(plain_twin(spec) or spec).to_dict(), settings], sort_keys=True)
            found.append(Outcome(name, spec.depth, is_plain(spec), plain_form, family, losses))
    return found


def sentences(found: Sequence[Outcome]) -> list[str]:
    """What the outcomes say of plain and residual networks and of depth; failing these, which network is ahead."""
    said = [*_twins(found), *_depths(found)] or _first(found)
    if said and max(len(outcome.losses) for outcome in found) == 1:
        said.append(_("One seed each: another seed may end elsewhere. Train with three seeds to see the band."))
    return said


def _twins(found: Sequence[Outcome]) -> Iterator[str]:
    for residual in (outcome for outcome in found if not outcome.plain):
        for plain in found:
            if plain.plain and plain.plain_form == residual.plain_form:
                yield _(TWINS[residual.against(plain)]).format(
                    layers=residual.depth,
                    residual=residual.name,
                    plain=plain.name,
                    residual_loss=residual.text,
                    plain_loss=plain.text,
                )


def _depths(found: Sequence[Outcome]) -> Iterator[str]:
    families: dict[str, list[Outcome]] = {}
    for outcome in found:
        families.setdefault(outcome.family, []).append(outcome)
    for family in families.values():
        ordered = sorted(family, key=lambda outcome: outcome.depth)
        shallow, deep = ordered[0], ordered[-1]
        if shallow.depth < deep.depth:
            yield _(
                "**{kind}, {shallow} and {deep} layers**: {end}; training loss {deep_loss} at {deep} layers,"
                " {shallow_loss} at {shallow}."
            ).format(
                kind=pgettext("networks", "Plain") if deep.plain else pgettext("networks", "Residual"),
                end=_(DEEPER[deep.against(shallow)]),
                shallow=shallow.depth,
                deep=deep.depth,
                deep_loss=deep.text,
                shallow_loss=shallow.text,
            )


def _first(found: Sequence[Outcome]) -> list[str]:
    ordered = sorted(found, key=lambda outcome: max(outcome.losses))
    if len(ordered) < 2:
        return []
    first, second = ordered[:2]
    if first.against(second) == "lower":
        text = _("**{first}** ended with the lowest training loss: {first_loss}, then {second}: {second_loss}.")
    else:
        text = _("No network is clearly ahead: {first} ended at {first_loss}, {second} at {second_loss}.")
    return [text.format(first=first.name, first_loss=first.text, second=second.name, second_loss=second.text)]
