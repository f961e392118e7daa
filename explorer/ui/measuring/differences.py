"""Which of two networks is faster: a sentence where the measurement shows it, and one that says why where not."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from explorer.experiments.catalogue.measure import MeasuredNetwork, Timing
from explorer.experiments.intervals import Estimate, Interval, paired_ratio
from explorer.language import N_, _
from explorer.outputs import formatting

EQUAL_MACS = 0.05
"""Networks whose MACs differ by at most this fraction count as equal in cost."""
UNEQUAL_TIME = 1.1
"""The smallest ratio of times that is mentioned for networks of equal cost."""
MOST_PAIRS = 3
"""The most pairs of equal cost that are mentioned."""
SLOWER = N_("{slow} takes {ratio:.2f} times as long as {fast} ({low:.2f} to {high:.2f})")
OVERLAP = N_(
    "Whether {one} or {other} is faster, this measurement does not show: their intervals overlap ({first}; {second})"
)
INCLUDES_ONE = N_(
    "Whether {one} or {other} is faster, this measurement does not show: the interval of their ratio includes 1"
    " ({low:.2f} to {high:.2f})"
)
EQUAL_COST = N_("**Equal MACs, unequal time**")
INTERVALS = N_(
    "In brackets: 95 % confidence intervals of medians. The networks were timed in turn, round by"
    " round, and a ratio is the median of the rounds' ratios."
)


@dataclass(frozen=True)
class TimeDifference:
    """Two networks' times of the same pass in the same rounds, and the ratio of the first one's to the second one's."""

    name: str
    other_name: str
    interval: Interval
    other_interval: Interval
    ratio: Estimate

    @property
    def shown(self) -> bool:
        """Whether the measurement shows which is faster: the intervals are apart, and that of the ratio excludes 1."""
        return not self.interval.overlaps(self.other_interval) and not self.ratio.interval.holds(1.0)

    @property
    def factor(self) -> float:
        """How many times as long the slower one takes."""
        return max(self.ratio.value, 1 / self.ratio.value)

    @property
    def sentence(self) -> str:
        """Which is faster and by how much, or why that is not known; without the full stop."""
        low, high = self.ratio.interval
        if self.shown and self.ratio.value >= 1:
            return _(SLOWER).format(slow=self.name, fast=self.other_name, ratio=self.ratio.value, low=low, high=high)
        if self.shown:
            ratio = 1 / self.ratio.value
            return _(SLOWER).format(slow=self.other_name, fast=self.name, ratio=ratio, low=1 / high, high=1 / low)
        if not self.interval.overlaps(self.other_interval):
            return _(INCLUDES_ONE).format(one=self.name, other=self.other_name, low=low, high=high)
        first, second = (
            _("{low} to {high}").format(low=formatting.seconds(each.low), high=formatting.seconds(each.high))
            for each in (self.interval, self.other_interval)
        )
        return _(OVERLAP).format(one=self.name, other=self.other_name, first=first, second=second)


def difference(name: str, timing: Timing, other_name: str, other: Timing) -> TimeDifference:
    """The difference of two networks' times of one pass."""
    ratio = paired_ratio(timing.seconds, other.seconds)
    return TimeDifference(name, other_name, timing.interval, other.interval, ratio)


def sentences(names: Sequence[str], networks: Sequence[MeasuredNetwork]) -> list[str]:
    """What the forward passes show: pairs of equal MACs and unequal time, then every network against the first."""
    named = list(zip(names, networks, strict=True))
    equal = _equal_cost_pairs(named)
    (first_name, first), *others = named
    text = _("{title}: {sentence}, with MACs within {percent} %.")
    found = [text.format(title=_(EQUAL_COST), sentence=each.sentence, percent=f"{part:.1f}") for each, part in equal]
    told = {frozenset((each.name, each.other_name)) for each, _percent in equal}
    for name, network in others:
        if frozenset((first_name, name)) not in told:
            each = difference(name, network.timings[0], first_name, first.timings[0])
            found.append(_("{sentence}.").format(sentence=each.sentence))
    return found


def _equal_cost_pairs(named: Sequence[tuple[str, MeasuredNetwork]]) -> list[tuple[TimeDifference, float]]:
    """The pairs whose MACs are within 5 % and whose times differ most, where that is shown; with that percentage."""
    pairs = []
    for (name, one), (other_name, other) in combinations(named, 2):
        if abs(one.macs / other.macs - 1) > EQUAL_MACS:
            continue
        found = difference(other_name, other.timings[0], name, one.timings[0])
        if found.shown and found.factor >= UNEQUAL_TIME:
            pairs.append((found, 100 * abs(other.macs / one.macs - 1)))
    return sorted(pairs, key=lambda pair: -pair[0].factor)[:MOST_PAIRS]
