"""The machine's speed: from samples to a range, asked in the background, and answered by a real process."""

import time
from collections.abc import Iterator

import pytest

from explorer.jobs import machine_speed
from explorer.jobs.machine_speed import REFERENCE_RATE, SAMPLES, SHORT_WORK, UNKNOWN, Slowdown, SpeedMeter, slowdown_of


def test_half_the_rate_is_twice_the_time() -> None:
    usual, slow = slowdown_of([REFERENCE_RATE] * 5), slowdown_of([REFERENCE_RATE / 2] * 5)
    assert usual.low < 1 < usual.high
    assert slow == pytest.approx((2 * usual.low / SHORT_WORK, 2 * usual.high))


def test_samples_that_differ_make_the_range_wider() -> None:
    steady, unsteady = slowdown_of([100.0] * 4), slowdown_of([20.0, 180.0, 20.0, 180.0])
    assert unsteady.low < steady.low < steady.high < unsteady.high


class FakeProbe:
    """Answers with the given rates, then ends."""

    def __init__(self, rates: list[float]) -> None:
        self._rates = rates
        self.asked = 0

    def send(self, line: str) -> None:
        self.asked += 1

    def lines(self) -> Iterator[str]:
        for rate in self._rates:
            yield f'{{"rate": {rate}}}'

    def close(self) -> None:
        """Nothing to end."""


def known(meter: SpeedMeter) -> Slowdown:
    limit = time.monotonic() + 60
    while (found := meter.latest()) is None:
        assert time.monotonic() < limit
        time.sleep(0.01)
    return found


def test_an_answer_is_kept_and_asked_for_anew_when_it_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_speed, "usable_cores", lambda: 1)
    probe = FakeProbe([REFERENCE_RATE] * SAMPLES + [REFERENCE_RATE / 4] * SAMPLES)
    meter = SpeedMeter(lambda: probe)
    assert meter.latest() is None, "never waits"
    assert known(meter) == known(meter) == slowdown_of([REFERENCE_RATE] * SAMPLES)
    assert probe.asked == SAMPLES
    monkeypatch.setattr(machine_speed, "FRESH_SECONDS", -1.0)
    while known(meter) != slowdown_of([REFERENCE_RATE / 4] * SAMPLES):
        time.sleep(0.01)


def test_where_no_probe_runs_the_range_stays_wide() -> None:
    def refuse() -> FakeProbe:
        raise OSError("no more processes")

    assert known(SpeedMeter(refuse)) == UNKNOWN
    assert known(SpeedMeter(lambda: FakeProbe([]))) == UNKNOWN


def test_a_real_process_measures_this_machine() -> None:
    meter = SpeedMeter()
    found = known(meter)
    meter.close()
    assert 0 < found.low < found.high
    assert found != UNKNOWN
