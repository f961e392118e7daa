"""Weights of short trainings, kept so that the next experiment on the same network need not train it again."""

import contextlib
import hashlib
import json
from pathlib import Path

import torch
from torch import Tensor, nn

from explorer.engine.training.checkpoint import CheckpointFile, load_weights
from explorer.engine.training.position import Position
from explorer.experiments.result import Training
from explorer.jobs.codec import from_plain, to_plain
from explorer.model import ModelSpec
from explorer.runs.settings import TrainingSettings

MOST_KEPT = 60
FORMAT = 1


class WeightsCache:
    """A folder of finished trainings. What cannot be read counts as absent; what cannot be written is not kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, spec: ModelSpec, settings: TrainingSettings) -> tuple[dict[str, Tensor], Training] | None:
        """Weights and record of a training with exactly this spec and these settings; None where there is none."""
        place = self._place(spec, settings)
        try:
            training = from_plain(Training, json.loads(place.with_suffix(".json").read_text(encoding="utf-8")))
            return load_weights(place), training
        except (OSError, ValueError):
            return None

    def put(self, spec: ModelSpec, settings: TrainingSettings, network: nn.Module, training: Training) -> None:
        """Keeps a finished training; the oldest files are deleted."""
        place = self._place(spec, settings)
        with contextlib.suppress(OSError):
            CheckpointFile(place).save(network, None, Position(settings.steps), "")
            place.with_suffix(".json").write_text(json.dumps(to_plain(training)), encoding="utf-8")
            for old in sorted(self.folder.glob("*.safetensors"), key=lambda each: each.stat().st_mtime)[:-MOST_KEPT]:
                old.unlink()
                old.with_suffix(".json").unlink(missing_ok=True)

    def _place(self, spec: ModelSpec, settings: TrainingSettings) -> Path:
        facts = f"{FORMAT} {torch.__version__} {spec.to_json()} {settings.to_json()}"
        return self.folder / f"{hashlib.sha256(facts.encode()).hexdigest()[:32]}.safetensors"
