"""How much slower this machine is now than an idle one: short probes, by which estimated times are corrected.

The server neither loads torch nor waits: child processes do the probe's work in the background, as many as compute side
by side, and the last answer is kept for a short time.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean, stdev
from typing import NamedTuple, Protocol

from explorer.jobs.capacity import usable_cores
from explorer.jobs.child_process import ChildProcess
from explorer.jobs.codec import from_line

COMMAND = ("-m", "explorer.jobs.speed_probe")
REFERENCE_RATE = 2900.0
"""Units of the probe's work a second on the processor, with a core for itself, on which the estimates' rates were
measured."""
SAMPLES = 5
PAUSE_SECONDS = 0.06
"""Between two samples: a busy processor gives a process that has slept its first moments at once."""
FRESH_SECONDS, STALE_SECONDS = 10.0, 60.0
"""An answer is not asked for anew before it is so old, and not used any more when it is older than the second."""
LEAST_DOUBT = 1.4
"""The factor, either way, by which a time may differ from its estimate on a machine whose speed is known exactly."""
MOST_DOUBT = 2.5
BUSY_FROM, SHORT_WORK = 1.5, 2.0
"""From this slowdown on, work of many seconds was up to twice as fast as the short probe before it."""
MOST_PROBES = 2


class Slowdown(NamedTuple):
    """How many times as long work takes as on the idle reference: at least, and at most."""

    low: float
    high: float


UNKNOWN = Slowdown(0.7, 3.0)
"""Before the first probe has answered."""


def slowdown_of(rates: Sequence[float]) -> Slowdown:
    """The slowdown from samples of units a second; the more they differ, the wider."""
    mean = fmean(rates)
    error = stdev(rates) / mean / len(rates) ** 0.5 if len(rates) > 1 else 1.0
    doubt, found = min(MOST_DOUBT, LEAST_DOUBT + 2 * error), REFERENCE_RATE / mean
    return Slowdown(found / doubt / (SHORT_WORK if found > BUSY_FROM else 1.0), found * doubt)


class Probe(Protocol):
    """A process that answers each line that it is sent with one line."""

    def send(self, line: str) -> None:
        """Asks for a sample."""

    def lines(self) -> Iterator[str]:
        """The answers; ends with the process."""

    def close(self) -> None:
        """Ends the process."""


class SpeedMeter:
    """The machine's slowdown, as the last probe has found it. Safe to use from any thread."""

    def __init__(self, start: Callable[[], Probe] = lambda: ChildProcess(COMMAND)) -> None:
        self._start = start
        self._probes: list[tuple[Probe, Iterator[str]]] = []
        self._found: Slowdown | None = None
        self._when = float("-inf")
        self._lock = threading.Lock()
        self._asking = False

    def latest(self) -> Slowdown | None:
        """The slowdown, at most a minute old; None where it is not known yet. Returns at once; may start a probe."""
        with self._lock:
            age = time.monotonic() - self._when
            if age > FRESH_SECONDS and not self._asking:
                self._asking = True
                threading.Thread(target=self._ask, name="speed", daemon=True).start()
            return self._found if age <= STALE_SECONDS else None

    def forget(self) -> None:
        """Has the next question wait for a new answer."""
        with self._lock:
            self._when = float("-inf")

    def close(self) -> None:
        """Ends the processes; a further question starts new ones."""
        probes, self._probes = self._probes, []
        for probe, _ in probes:
            probe.close()

    def _ask(self) -> None:
        """Runs in a thread: asks all probes for some samples, one after another, and keeps what they say."""
        rates: list[float] = []
        try:
            with contextlib.suppress(OSError):
                self._probes = self._probes or [self._new() for _ in range(min(MOST_PROBES, usable_cores()))]
            for _ in range(SAMPLES):
                for probe, _ in self._probes:
                    probe.send("")
                rates += [float(from_line(next(answers))["rate"]) for _, answers in self._probes]
                time.sleep(PAUSE_SECONDS)
        except (StopIteration, ValueError, KeyError):
            self.close()  # one has ended; the next question starts new ones
        with self._lock:
            # Where no probe can run, estimates stay as wide as before the first one.
            self._found, self._when = slowdown_of(rates) if rates else UNKNOWN, time.monotonic()
            self._asking = False

    def _new(self) -> tuple[Probe, Iterator[str]]:
        probe = self._start()
        return probe, probe.lines()
