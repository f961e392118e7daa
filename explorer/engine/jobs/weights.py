"""Weights from a file or from torchvision into a network: tensors only, all of them or none.

`python -m explorer.engine.jobs.weights FILE` reads the specification as JSON from standard input and says what fits.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
import torchvision.models
from safetensors.torch import save_file
from torch import Tensor, nn

from explorer.engine.jobs.tensor_files import WeightsError, check_file, read_tensors
from explorer.engine.lowering import build_module
from explorer.model import ModelSpec, SpecError, assemble

__all__ = ["LoadReport", "Renaming", "WeightsError", "load_checkpoint", "load_published", "published_names"]

COUNTER = "num_batches_tracked"
"""A step counter that checkpoints from before PyTorch 0.4.1 lack; it has no effect on any output."""

SHOWN_KEYS = 1000


@dataclass(frozen=True)
class Renaming:
    """How another implementation of the same networks calls its parameters."""

    source: str
    words: Mapping[str, str]
    """What a word between two dots becomes."""

    def apply(self, key: str) -> str:
        """The key in our words."""
        return ".".join(self.words.get(word, word) for word in key.split("."))


RENAMINGS: tuple[Renaming, ...] = (
    Renaming("torchvision", {}),
    Renaming("CIFAR networks with `linear` and `shortcut`", {"linear": "fc", "shortcut": "downsample"}),
)
"""Tried in this order; the first whose keys all fit is taken."""

PREFIXES = ("module.", "_orig_mod.", "model.", "backbone.", "net.")
"""What wrappers (data parallel, compiled, a trainer's) put before every key."""


@dataclass(frozen=True)
class LoadReport:
    """What became of a checkpoint. Nothing was loaded unless `fits`."""

    source: str
    matched: int
    """Tensors whose key and shape are the network's."""
    renaming: str
    missing: tuple[str, ...] = ()
    """Keys that the network has and the checkpoint lacks."""
    unexpected: tuple[str, ...] = ()
    """Keys that the checkpoint has and the network lacks."""
    wrong: tuple[tuple[str, str, str], ...] = ()
    """Key, what the network has, what the checkpoint holds."""

    @property
    def fits(self) -> bool:
        return not (self.missing or self.unexpected or self.wrong)

    @property
    def summary(self) -> str:
        """One sentence without its full stop."""
        if self.fits:
            return f"{self.source} fits: {self.matched:,} tensors loaded, by the names of {self.renaming}"
        return (
            f"{self.source} does not fit, nothing was loaded: {len(self.missing):,} keys missing, "
            f"{len(self.unexpected):,} unexpected, {len(self.wrong):,} of another shape, {self.matched:,} alike"
        )

    def lines(self) -> Iterator[str]:
        """The summary, then every mismatch, key by key."""
        yield f"{self.summary}."
        yield from _shorten([f"missing     {key}" for key in self.missing])
        yield from _shorten([f"unexpected  {key}" for key in self.unexpected])
        yield from _shorten([f"wrong shape {key}: {wanted} here, {found} there" for key, wanted, found in self.wrong])


def load_checkpoint(path: Path, network: nn.Module) -> LoadReport:
    """Load a checkpoint file (PyTorch's or safetensors) into a network, if every tensor fits.

    The file's size is compared with the network's before it is opened, and its contents are never run as code.
    Raises WeightsError, one sentence, for a file that is none, too large, damaged, or holds more than tensors.
    """
    check_file(path, most_bytes(network))
    return fill(network, read_tensors(path, most_bytes(network)), path.name)


def load_published(name: str, network: nn.Module) -> LoadReport:
    """Load weights that torchvision publishes, by its own name for them: `ResNet50_Weights.IMAGENET1K_V2`.

    Downloads the file into torch's cache unless it is there, and checks it against the published hash; so call this
    only when it was asked for. Raises WeightsError, also where there is no connection.
    """
    try:
        weights = torchvision.models.get_weight(name)
    except (ValueError, AttributeError, KeyError) as error:
        raise WeightsError(f"torchvision publishes no weights called {name[:80]!r}.") from error
    file = Path(torch.hub.get_dir()) / "checkpoints" / weights.url.rsplit("/", 1)[-1]
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        digest = file.stem.rsplit("-", 1)[-1]
        try:
            torch.hub.download_url_to_file(weights.url, str(file), hash_prefix=digest, progress=False)
        except (OSError, RuntimeError) as error:
            raise WeightsError(f"{name} cannot be downloaded ({error}); a local file still works.") from error
    check_file(file, most_bytes(network))
    return fill(network, read_tensors(file, most_bytes(network)), name)


def published_names(architecture: str) -> dict[str, int]:
    """torchvision's weights for one of its networks, with the download's size in bytes; empty for other networks."""
    try:
        weights = torchvision.models.get_model_weights(architecture)
    except ValueError:
        return {}
    return {str(each): round(each.meta["_file_size"] * 2**20) for each in weights}


def most_bytes(network: nn.Module) -> int:
    """The largest file worth opening for a network: its tensors in double precision with an optimiser's two moments."""
    tensors: int = sum(tensor.numel() for tensor in network.state_dict().values())
    return 8 * 3 * tensors + 16 * 2**20


def fill(network: nn.Module, tensors: Mapping[str, Tensor], source: str) -> LoadReport:
    """Copy named tensors into a network if all of them fit, under the first renaming with which they do."""
    given = _without_prefixes(tensors)
    reports = []
    for renaming in RENAMINGS:
        renamed = {renaming.apply(key): tensor for key, tensor in given.items()}
        report = _compare(network, renamed, source, renaming.source)
        if report.fits:
            network.load_state_dict(network.state_dict() | renamed, strict=True)
            return report
        reports.append(report)
    return max(reports, key=lambda report: report.matched)


def _compare(network: nn.Module, tensors: Mapping[str, Tensor], source: str, renaming: str) -> LoadReport:
    wanted = network.state_dict()
    wrong = tuple(
        (key, _shape(wanted[key]), _shape(tensor))
        for key, tensor in tensors.items()
        if key in wanted and not _alike(tensor, wanted[key])
    )
    return LoadReport(
        source,
        matched=len(wanted.keys() & tensors.keys()) - len(wrong),
        renaming=renaming,
        missing=tuple(key for key in wanted if key not in tensors and not key.endswith(COUNTER)),
        unexpected=tuple(key for key in tensors if key not in wanted),
        wrong=wrong,
    )


def _alike(given: Tensor, wanted: Tensor) -> bool:
    plain = given.layout == torch.strided and not given.is_meta and not given.is_quantized
    return plain and given.shape == wanted.shape and given.is_floating_point() == wanted.is_floating_point()


def _shape(tensor: Tensor) -> str:
    kind = "" if tensor.is_floating_point() and tensor.layout == torch.strided else f" {tensor.dtype}"
    return f"{tuple(tensor.shape)}{kind}"


def _without_prefixes(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors without what a wrapper put before every key."""
    given = dict(tensors)
    while (prefix := next((each for each in PREFIXES if all(key.startswith(each) for key in given)), None)) and given:
        given = {key.removeprefix(prefix): tensor for key, tensor in given.items()}
    return given


def _shorten(lines: list[str]) -> list[str]:
    more = len(lines) - SHOWN_KEYS
    return lines if more <= 0 else [*lines[:SHOWN_KEYS], f"... and {more:,} more"]


def main(arguments: list[str] | None = None) -> int:
    """The command. 0: the checkpoint fits, 1: it does not, 2: bad input, said in one line on standard error."""
    parser = argparse.ArgumentParser(prog="explorer.engine.jobs.weights", description=__doc__)
    parser.add_argument("source", help="a checkpoint file, or torchvision's name of published weights to download")
    parser.add_argument("-o", "--output", type=Path, help="write the loaded weights there, as safetensors")
    options = parser.parse_args(arguments)
    try:
        spec = ModelSpec.from_json(sys.stdin.read())
        assemble(spec)
        network = build_module(spec)
        file = Path(options.source)
        published = "_Weights." in options.source and not file.exists()
        report = load_published(options.source, network) if published else load_checkpoint(file, network)
        if report.fits and options.output is not None:
            _save(network, options.output)
    except (SpecError, WeightsError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 0 if report.fits else 1


def _save(network: nn.Module, path: Path) -> None:
    try:
        save_file({key: tensor.contiguous() for key, tensor in network.state_dict().items()}, path)
    except OSError as error:
        raise WeightsError(f"{path} cannot be written: {error.strerror}.") from error


if __name__ == "__main__":
    sys.exit(main())
