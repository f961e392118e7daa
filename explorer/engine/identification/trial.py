"""Candidates on images: their distances on more and more images, and their errors."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from statistics import fmean

import torch
from torch import Tensor

from explorer.engine.identification.images import MOST_IMAGES, Images
from explorer.engine.identification.networks import TensorsOf, candidate_network
from explorer.engine.identification.preparation import Prepared
from explorer.engine.identification.units import Unit, pass_from, pass_through, units_of
from explorer.identify.error_difference import error_difference
from explorer.identify.records import Evidence
from explorer.identify.verdict import times_farther
from explorer.jobs.child_side import SendProgress
from explorer.language import N_, Text
from explorer.model import ModelSpec, SpecError, assemble

FEWEST = 4
MOST_WORK = 3 * 2**31
"""Multiply-adds for each candidate: all images of CIFAR's networks, 8 of ResNet-50 with 96 x 96 pixels; but never fewer
than `FEWEST`."""
LABELLED_WORK = 2**35
"""Multiply-adds for each candidate whose error is compared."""
LABELLED = 250, 500
"""Images with labels on which errors are compared: for all that the norms leave, and for those left after them."""
CLASSIFIED_AT_ONCE = 32
LABELS_FIT = 0.5
"""The share of the error of guessing under which a network knows the images' classes."""
SAME_CLASS = 0.99
"""The share of images of one class from which two networks are twins."""


@dataclass
class Trial:
    """Candidates of one file on prepared images; a candidate's last measurement is kept."""

    tensors_of: TensorsOf
    images: Images
    prepared: Prepared
    progress: SendProgress
    ratio: float
    """That decides."""
    found: dict[ModelSpec, Evidence] = field(default_factory=dict)
    classes: dict[ModelSpec, Tensor] = field(default_factory=dict)
    _images: Tensor | None = None

    def narrowed(
        self, centre: ModelSpec, rivals: Iterable[ModelSpec], units: int | None = None
    ) -> tuple[Evidence, ...]:
        """All candidates that were measured, the nearest first.

        A rival is run from where it differs from the centre on, at most so many units, until it is certain to be too
        far. Rivals that the file's tensors do not fit are left out. Raises LookupError or SpecError where they do not
        fit the centre.
        """
        specs = list(rivals)
        known = pass_through(self._units(centre), self._prepared(centre))
        self.found[centre] = Evidence(centre, _mean(known.by_norm), known.by_norm)
        for place, spec in enumerate(specs):
            self.progress(place, len(specs), N_("candidates on images"))
            with suppress(SpecError, LookupError):
                passed = pass_from(known, self._units(spec), self.ratio, units)
                self.found[spec] = _evidence(spec, passed.by_norm, self.found[centre])
        return self.ranked()

    def ranked(self) -> tuple[Evidence, ...]:
        """Every candidate that was measured, the nearest first; of equal ones the first that was tried."""
        return tuple(sorted(self.found.values(), key=_distance))

    def _units(self, spec: ModelSpec) -> tuple[Unit, ...]:
        return units_of(spec, self.tensors_of, self.images.pixels.shape[-1])

    @torch.no_grad()
    def classes_of(self, spec: ModelSpec, count: int) -> Tensor:
        """The class that the network gives each of the first `count` images, as `(count,)`."""
        known = self.classes.get(spec, torch.zeros(0, dtype=torch.long))
        if len(known) < count:
            network = candidate_network(spec, self.tensors_of(spec), self.images.pixels.shape[-1])
            pixels = self.prepared.apply(self.images.pixels[len(known) : count])
            found = [network(part).argmax(1) for part in torch.split(pixels, CLASSIFIED_AT_ONCE)]
            known = self.classes[spec] = torch.cat((known, *found))
        return known[:count]

    def by_error(self, near: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """The candidates with their errors, those that are wrong more often than the best one excluded.

        A few hundred images for all, then more for those that are left and give other classes. Nothing is excluded
        where even the best one does not know the images' classes.
        """
        left = tuple(near)
        if self.images.labels is None:
            return left
        for most in LABELLED:
            count = min(most, len(self.images.pixels), self._affordable(left[0].spec))
            specs = [each.spec for each in left]
            if most > LABELLED[0] and len(self.twins(specs[0], specs)) == len(specs):
                break
            left = self._without_worse(left, self.images.labels[:count])
        return left

    def _without_worse(self, near: Sequence[Evidence], labels: Tensor) -> tuple[Evidence, ...]:
        wrong = {each.spec: self.classes_of(each.spec, len(labels)) != labels for each in near}
        judged = tuple(each._replace(error=100 * wrong[each.spec].float().mean().item()) for each in near)
        self.found |= {each.spec: each for each in judged}
        least = min(judged, key=lambda each: each.error or 0.0)
        if (least.error or 0.0) > LABELS_FIT * 100 * (1 - 1 / max(self.images.classes, 2)):
            return judged
        return tuple(each for each in judged if not _is_worse(wrong[each.spec], wrong[least.spec]))

    def twins(self, spec: ModelSpec, others: Sequence[ModelSpec]) -> tuple[ModelSpec, ...]:
        """Those of the others that give next to every image the same class as `spec`; none without labelled images.

        Classes of other images than the network's own kind, or of a few, are too often the same.
        """
        count = min(LABELLED[0], len(self.images.pixels))
        if self.images.labels is None or self._affordable(spec) < count:
            return ()
        own = self.classes_of(spec, count)
        same = {other: (self.classes_of(other, count) == own).float().mean().item() for other in others}
        return tuple(other for other, share in same.items() if share >= SAME_CLASS)

    def _prepared(self, spec: ModelSpec) -> Tensor:
        """The images on which candidates are measured; always the same in one trial."""
        if self._images is None:
            self._images = self.prepared.apply(self.images.first(images_for(spec, self.images)))
        return self._images

    def _affordable(self, spec: ModelSpec) -> int:
        return max(FEWEST, LABELLED_WORK // _work(spec, self.images))


def images_for(spec: ModelSpec, images: Images) -> int:
    """On how many of the images the candidates for `spec` are compared."""
    return min(len(images.pixels), MOST_IMAGES, max(FEWEST, MOST_WORK // _work(spec, images)))


def _work(spec: ModelSpec, images: Images) -> int:
    """Multiply-adds of one image."""
    return max(1, assemble(spec).cost.macs * images.pixels.shape[-1] ** 2 // spec.image_size**2)


def _is_worse(wrong: Tensor, wrong_of_best: Tensor) -> bool:
    alone, best_alone = (int((a & ~b).sum()) for a, b in ((wrong, wrong_of_best), (wrong_of_best, wrong)))
    return error_difference(alone, best_alone, len(wrong)).decided


def _evidence(spec: ModelSpec, by_norm: tuple[float, ...], known: Evidence) -> Evidence:
    """Norms that were not read count as many times as far as the known candidate's as those that were."""
    times = times_farther(Evidence(spec, None, by_norm), known)
    unread = [times * each for each in known.by_norm[len(by_norm) :]]
    return Evidence(spec, _mean((*by_norm, *unread)), by_norm)


def _mean(by_norm: Sequence[float]) -> float | None:
    return fmean(by_norm) if by_norm else None


def _distance(evidence: Evidence) -> float:
    return inf if evidence.distance is None else evidence.distance


def silent(done: int, total: int, what: Text) -> None:
    """Takes progress that nobody reads."""
