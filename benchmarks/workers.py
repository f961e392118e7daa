"""Warm worker processes with a store of their own, for measurements of the whole way from queue to curve."""

import os
import tempfile
import time
from collections.abc import Sequence

from explorer.model import preset
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store

SILENCE = 60.0
"""Seconds after which a worker that says nothing counts as broken."""


class Workers:
    """`count` warm worker processes."""

    def __init__(self, count: int) -> None:
        self._folder = tempfile.TemporaryDirectory()
        os.environ["RESIDUAL_EXPLORER_DATA"] = self._folder.name
        self._store = Store()
        self._launcher = LocalLauncher(self._store, limit=count, warm=count, low_priority=False)
        self._count = count

    def __enter__(self) -> "Workers":
        self._launcher.start()
        settings = TrainingSettings(steps=2, device="cpu", evaluate_every=0, diagnose_every=0)
        self.comparison(["cifar_plain20"] * self._count, settings, {})
        return self

    def __exit__(self, *_: object) -> None:
        self._launcher.stop()
        self._store.close()
        self._folder.cleanup()

    def comparison(
        self, names: Sequence[str], settings: TrainingSettings, first: dict[str, float], *, until_first: bool = False
    ) -> None:
        """Runs the networks to their end, or to the first point; puts each one's first loss into `first`."""
        entries = [NamedNetwork(name, preset(name)) for name in names]
        comparison = self._store.create_comparison(entries, settings, owner="benchmark", name="benchmark")
        self._launcher.wake()
        labels = {run.id: run.label for run in comparison.runs}
        seen, heard = dict.fromkeys(labels, 0), time.monotonic()
        while True:
            over = not any(run.active for run in self._store.runs(comparison_id=comparison.id))
            for stored in self._store.events(seen):
                seen[stored.run_id], heard = stored.id, time.monotonic()
                for loss in getattr(stored.event, "losses", ())[:1]:
                    first.setdefault(labels[stored.run_id], loss)
            if over or (until_first and first):
                return
            if time.monotonic() - heard > SILENCE:
                raise TimeoutError("the workers say nothing")
            time.sleep(0.01)
