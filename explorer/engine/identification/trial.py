"""Candidates on images: their distances on more and more images, and their errors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf

import torch
from torch import Tensor

from explorer.engine.identification.images import MOST_IMAGES, Images
from explorer.engine.identification.networks import TensorsOf, candidate_network
from explorer.engine.identification.preparation import Prepared
from explorer.engine.identification.readings import Readings, read_norms
from explorer.identify.error_difference import error_difference
from explorer.identify.records import Evidence
from explorer.identify.verdict import times_farther
from explorer.jobs.child_side import SendProgress
from explorer.model import ModelSpec, SpecError, assemble

FIRST_WORK = 2**29
"""Multiply-adds for each candidate in the first round: 13 images of ResNet-20, but never fewer than `FEWEST`."""
FEWEST = 4
GROWTH = 4
"""By how much a round has more images than the one before."""
LAST_WORK = 2**35
"""Multiply-adds for each candidate in the last round: all images of CIFAR's networks, 25 of ResNet-50 with 128 x 128
pixels."""
KEPT_FIRST, KEPT = 3.0, 1.5
"""A candidate that is more than so many times as far as the best stays out of the next round, and of the rounds after
it: the second is a multiple of the ratio that decides."""
LABELLED = 250, 500
"""Images with labels on which errors are compared: for all that the norms leave, and for those left after them."""
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

    def narrowed(self, specs: Iterable[ModelSpec]) -> tuple[Evidence, ...]:
        """All candidates with their distances, the nearest first: few images for all, more for the nearest.

        Successive halving (Karnin, Koren & Somekh 2013) with a bound on the distance in place of a half.
        """
        rest = list(specs)
        counts = self._counts(rest[0])
        for number, count in enumerate(counts):
            for place, spec in enumerate(rest):
                self.progress(place, len(rest), f"round {number + 1} of {len(counts)}: {count} images")
                self.measure(spec, count)
            measured = [self.found[spec] for spec in rest if spec in self.found]
            best = min(measured, key=_distance)
            bound = max(KEPT_FIRST, KEPT * self.ratio) if number == 0 else KEPT * self.ratio
            rest = [each.spec for each in measured if times_farther(each, best) <= bound]
        return self.ranked()

    def ranked(self) -> tuple[Evidence, ...]:
        """Every candidate that was measured, the nearest first; of equal ones the first that was tried."""
        return tuple(sorted(self.found.values(), key=_distance))

    def measure(self, spec: ModelSpec, count: int) -> None:
        """Notes the candidate's distance on the first `count` images; nothing where the tensors do not fit it."""
        readings = self._readings(spec, self.images.first(count))
        if readings is not None:
            self.found[spec] = Evidence(spec, readings.distance, readings.by_norm)
            self.classes[spec] = readings.scores.argmax(1)

    def classes_of(self, spec: ModelSpec, count: int) -> Tensor:
        """The class that the network gives each of the first `count` images, as `(count,)`."""
        known = self.classes.get(spec)
        start = 0 if known is None else len(known)
        if start < count:
            readings = self._readings(spec, self.images.pixels[start:count])
            assert readings is not None  # it has been measured
            found = readings.scores.argmax(1)
            known = self.classes[spec] = found if known is None else torch.cat((known, found))
        assert known is not None
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
        """Those of the others that give next to every image the same class as `spec`."""
        count = min(LABELLED[0], *(len(self.classes[each]) for each in (spec, *others)))
        own = self.classes_of(spec, count)
        same = {other: (self.classes_of(other, count) == own).float().mean().item() for other in others}
        return tuple(other for other, share in same.items() if share >= SAME_CLASS)

    def _readings(self, spec: ModelSpec, pixels: Tensor) -> Readings | None:
        try:
            network = candidate_network(spec, self.tensors_of(spec), pixels.shape[-1])
            return read_norms(network, self.prepared.apply(pixels))
        except (SpecError, LookupError):
            return None

    def _counts(self, spec: ModelSpec) -> list[int]:
        """The numbers of images of the rounds."""
        most = min(len(self.images.pixels), MOST_IMAGES)
        macs = self._work(spec)
        counts = [min(most, max(FEWEST, FIRST_WORK // macs))]
        last = min(most, max(counts[0], LAST_WORK // macs))
        while counts[-1] < last:
            counts.append(min(last, GROWTH * counts[-1]))
        return counts

    def _affordable(self, spec: ModelSpec) -> int:
        return max(FEWEST, LAST_WORK // self._work(spec))

    def _work(self, spec: ModelSpec) -> int:
        """Multiply-adds of one image."""
        side = self.images.pixels.shape[-1]
        return max(1, assemble(spec).cost.macs * side**2 // spec.image_size**2)


def _is_worse(wrong: Tensor, wrong_of_best: Tensor) -> bool:
    alone, best_alone = (int((a & ~b).sum()) for a, b in ((wrong, wrong_of_best), (wrong_of_best, wrong)))
    return error_difference(alone, best_alone, len(wrong)).decided


def _distance(evidence: Evidence) -> float:
    return inf if evidence.distance is None else evidence.distance


def silent(done: int, total: int, what: str) -> None:
    """Takes progress that nobody reads."""
