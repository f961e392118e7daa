"""A run on disk: weights, momentum and position in one safetensors file, replaced in one piece or not at all."""

import json
import time
from dataclasses import astuple
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from explorer.engine.training.optimiser import Optimiser
from explorer.engine.training.position import Position
from explorer.jobs.paths import WEIGHTS_PREFIX

FORMAT = "1"


class CheckpointFile:
    """The checkpoint of one run. `every` is the time in seconds between two savings while the run goes on.

    Saving raises OSError (a full disk, say), and leaves the last good file in place.
    """

    def __init__(self, path: Path, every: float = 10.0) -> None:
        self.path = path
        self.every = every
        self._last = time.monotonic()

    def due(self) -> bool:
        """Whether it is time to save again."""
        return time.monotonic() - self._last >= self.every

    def save(self, network: nn.Module, optimiser: Optimiser | None, position: Position, fingerprint: str) -> None:
        """Writes the state after `position.step` steps; without an optimiser only the weights, for good."""
        tensors = _as_weights(network.state_dict())
        if optimiser is not None:
            tensors |= {f"momentum.{name}": tensor for name, tensor in optimiser.buffers.items()}
            tensors |= {f"random.{name}": state for name, state in _random_states().items()}
        plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        facts = {
            "format": FORMAT,
            "fingerprint": fingerprint,
            "complete": str(optimiser is None),
            "position": json.dumps(astuple(position)),
        }
        write_tensors(self.path, plain, facts)
        self._last = time.monotonic()

    def restore(self, network: nn.Module, optimiser: Optimiser, fingerprint: str) -> Position:
        """Loads the state into `network` and `optimiser`; the start's position where there is nothing to go on from.

        A file of other settings, of another format, or a damaged one counts as none.
        """
        try:
            with safe_open(self.path, "pt") as file:
                facts = file.metadata() or {}
                if facts.get("fingerprint") != fingerprint or facts.get("format") != FORMAT:
                    return Position()
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
        except (OSError, SafetensorError):
            return Position()
        if facts["complete"] == "True":
            return Position()
        network.load_state_dict(_under(WEIGHTS_PREFIX, tensors))
        optimiser.restore(_under("momentum.", tensors))
        _restore_random(_under("random.", tensors))
        # A file from before the warm-up by the error has one value less.
        step, seconds, losses, errors, *warm_from = json.loads(facts["position"])
        return Position(step, seconds, tuple(losses), tuple(errors), *warm_from)

    def discard(self) -> None:
        """Removes the file, if there is one."""
        self.path.unlink(missing_ok=True)


def write_tensors(path: Path, tensors: dict[str, Tensor], facts: dict[str, str] | None = None) -> None:
    """Writes a safetensors file in one piece or not at all. Raises OSError, which leaves an earlier file in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    try:
        save_file(tensors, unfinished, metadata=facts)
        unfinished.replace(path)
    except SafetensorError as error:
        raise OSError(f"{path.name} cannot be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def keep_weights(path: Path, tensors: dict[str, Tensor], fingerprint: str) -> None:
    """Writes weights that were not trained here as the checkpoint of a finished run. Raises OSError."""
    facts = {
        "format": FORMAT,
        "fingerprint": fingerprint,
        "complete": "True",
        "position": json.dumps(astuple(Position())),
    }
    write_tensors(path, _as_weights(tensors), facts)


def _as_weights(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{WEIGHTS_PREFIX}{name}": tensor for name, tensor in tensors.items()}


def load_weights(path: Path) -> dict[str, Tensor]:
    """The `state_dict` that a run left at `path`, finished or not; OSError where there is none that can be read."""
    try:
        with safe_open(path, "pt") as file:
            return _under(WEIGHTS_PREFIX, {name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    except SafetensorError as error:
        raise OSError(f"{path.name} is not a checkpoint: {error}") from error


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _random_states() -> dict[str, Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def _restore_random(states: dict[str, Tensor]) -> None:
    torch.set_rng_state(states["cpu"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])
