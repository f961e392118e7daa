"""What `python -m explorer train` prints: an object a line, or lines to read and a table at the end."""

import json
from collections.abc import Callable, Mapping

from explorer.runs.events import Evaluation, Event, Finished, Started, Step


class Printer:
    """One JSON object a line, written at once: the contract of `--format jsonl`."""

    def show(self, model: str, event: Event) -> None:
        """Prints one event of the network called `model`."""
        values = event.to_dict()
        print(json.dumps({"event": values.pop("event"), "model": model, **values}, allow_nan=False), flush=True)

    def close(self) -> None:
        """Prints the results at the end."""


class TablePrinter(Printer):
    """Lines to read while it happens, and the result of each network at the end."""

    def __init__(self) -> None:
        self._results: list[tuple[str, ...]] = []

    def show(self, model: str, event: Event) -> None:
        if isinstance(event, Step):
            if event.step % 50 == 0:
                print(f"{model:<32} step {event.step:>6}  train loss {event.train_loss:.4f}", flush=True)
        elif isinstance(event, Evaluation):
            print(f"{model:<32} step {event.step:>6}  test error {event.test_error:.2f} %", flush=True)
        elif isinstance(event, Started):
            since = f", from step {event.step:,}" if event.step else ""
            about = f"{event.parameters:,} parameters on {event.device_name}, {event.precision}{since}"
            print(f"{model:<32} {about}", flush=True)
            for note in event.notes:
                print(f"{model:<32} {note}", flush=True)
        elif isinstance(event, Finished):
            numbers = (f"{event.train_loss:.4f}", f"{event.test_error:.2f} %", f"{event.seconds:.1f} s")
            self._results.append((model, *numbers))
        elif reason := getattr(event, "reason", ""):
            self._results.append((model, event.kind, f"at step {event.step}", reason))

    def close(self) -> None:
        heads = ("model", "train loss", "test error", "time")
        for row in (heads, *self._results) if self._results else ():
            print(f"{row[0]:<32} {row[1]:>10}  {row[2]:>10}  {row[3]:>9}", flush=True)


PRINTERS: Mapping[str, Callable[[], Printer]] = {"jsonl": Printer, "table": TablePrinter}
