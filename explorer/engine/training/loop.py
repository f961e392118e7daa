"""The training loop: a plain iterator of events, the same for a page, a terminal and a test.

Fair by construction: initial weights come from the seed, batches from the seed and the step (`data_batches`), and
nothing else differs between two networks but their networks.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from explorer.engine.data.images import ImageData, load_data
from explorer.engine.training.in_place import training_module
from explorer.engine.training.trainer import Builder, Trainer
from explorer.model import ModelSpec
from explorer.runs.events import Event
from explorer.runs.settings import TrainingSettings

if TYPE_CHECKING:
    from explorer.engine.training.checkpoint import CheckpointFile

Control = Callable[[], str]
"""Asked before every step; answers with the run's state: `cancelling` and `pausing` end the loop, others do not."""


def train(
    spec: ModelSpec,
    settings: TrainingSettings,
    data: ImageData | None = None,
    builder: Builder = training_module,
    *,
    control: Control = lambda: "running",
    checkpoint: "CheckpointFile | None" = None,
) -> Iterator[Event]:
    """Trains the network of `spec`, fitted to the data set, and yields events while it trains.

    The last event is `Finished`, `Diverged`, `Cancelled` or `Paused`. With a `checkpoint`, the run continues from
    that file; on a CPU it ends, bit for bit, as if it had never stopped. Sets torch's global generator. Raises
    SpecError or SettingsError for what cannot be trained, OSError where a checkpoint cannot be written.
    """
    trainer = Trainer(spec, settings, data or load_data(settings.dataset), builder)
    if checkpoint is not None:
        trainer.restore(checkpoint)
    yield trainer.started()
    while trainer.step < settings.steps:
        requested_state = control()
        if requested_state in ("cancelling", "pausing"):
            yield from trainer.new_events()
            yield trainer.stop(requested_state, checkpoint)
            return
        trainer.advance()
        if not trainer.due():
            continue
        yield from trainer.new_events()
        if trainer.diverged is not None:
            yield trainer.diverged
            return
        if settings.evaluate_every and trainer.step % settings.evaluate_every == 0 and trainer.step < settings.steps:
            yield trainer.evaluate()
        if checkpoint is not None and checkpoint.due():
            trainer.save(checkpoint)
    yield from trainer.conclude(checkpoint)
