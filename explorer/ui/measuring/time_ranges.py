"""Estimated times on the pages: ranges in round numbers, from the machine's present speed, refined while work runs."""

from math import inf

import streamlit as st

from explorer.experiments import ExperimentRequest
from explorer.experiments.estimates import expected_range
from explorer.jobs.machine_speed import UNKNOWN, Slowdown, SpeedMeter
from explorer.language import N_, _
from explorer.runs.estimates import TimeRange

ROUND = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
"""The numbers of seconds and of minutes that a range may begin and end with."""
UNITS = ((1, "s", 80.0), (60, "min", 80.0 * 60), (3600, "h", inf))
"""Seconds of each unit of time, its name, and the most seconds that are told in it."""
KNOWN_FROM = 0.3
"""The part of the work after which its own speed alone says how long the rest takes."""
ESTIMATE_HELP = N_(
    "Estimated from the size of the networks and from this machine's present speed, which a short probe has just"
    " measured. It is refined while the work runs."
)


def make_meter() -> SpeedMeter:
    """The meter of this machine's speed; tests replace this function."""
    return SpeedMeter()


@st.cache_resource(show_spinner=False)
def meter() -> SpeedMeter:
    """The meter that all visitors of this server share."""
    return make_meter()


def slowdown() -> Slowdown:
    """How much slower this machine is now; a wide guess until the first probe has answered."""
    return meter().latest() or UNKNOWN


def is_waiting() -> bool:
    """Whether the machine's speed will be known in a moment, so that a label should be drawn again; starts a probe."""
    return meter().latest() is None


def request_range(request: ExperimentRequest) -> TimeRange:
    """The seconds that a request will take now."""
    return expected_range(request, slowdown())


def range_left(before: TimeRange, elapsed: float, done: float) -> TimeRange:
    """The seconds left after `elapsed`, with a part of the work done; `before` is the estimate of the whole.

    The work's own speed replaces the estimate step by step, in a range that narrows to the end. Early parts of the work
    say little: they need not take as long as the others, and the first one also warms up.
    """
    left, doubt = elapsed * (1 - done) / max(done, 0.01), 1 + 0.4 * (1 - done)
    known = min(1.0, done / KNOWN_FROM)
    ends = zip((max(0.0, end - elapsed) for end in before), (left / doubt, left * doubt), strict=True)
    return TimeRange(*((1 - known) * estimated + known * observed for estimated, observed in ends))


def range_text(seconds: TimeRange) -> str:
    """`20 to 40 s`, `40 s to 2 min`, `up to 3 s`, `about 10 s`; rounded outwards to the numbers of `ROUND`."""
    if seconds.high <= 1:
        return _("under 1 s")
    unit, name = _unit(seconds.high)
    high = min((each for each in ROUND if each * unit >= seconds.high), default=round(seconds.high / unit))
    if seconds.low < 1:
        return _("up to {high} {unit}").format(high=high, unit=name)
    low_unit, low_name = _unit(seconds.low)
    low = max(each for each in ROUND if each * low_unit <= seconds.low)
    if low_name != name:
        return _("{low} {low_unit} to {high} {unit}").format(low=low, low_unit=low_name, high=high, unit=name)
    text = _("about {low} {unit}") if low == high else _("{low} to {high} {unit}")
    return text.format(low=low, high=high, unit=name)


def _unit(seconds: float) -> tuple[int, str]:
    """The unit in which so many seconds are told: its own seconds, and its name."""
    return next((unit, name) for unit, name, most in UNITS if seconds <= most)
