"""Makes a trained network deeper by layers that were not trained, and tests it (He et al. 2015, section 1).

The trained blocks keep their weights; the inserted ones follow them in each stage. All networks are tested with the
statistics of the batch in their norms, since an inserted norm has no statistics of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import torch

from explorer.engine.experiments.blocks import batch_statistics, error_percent, parts_of
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks, repetitions
from explorer.engine.lowering import hooked
from explorer.experiments.catalogue.inserted_layers import INSERTED, DeeperNetwork, InsertedResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.jobs.errors import SettingsError
from explorer.language import counted, sentence
from explorer.model import ModelSpec
from explorer.model.changes import with_equal_stages

SILENT: Mapping[str, bool] = MappingProxyType({name: name == "silent" for name in INSERTED})


def inserted_layers(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | InsertedResult]:
    """Trains the network with each seed, then tests it with every number of blocks of every kind inserted.

    Raises SettingsError for a network without shortcuts or with stages of different lengths.
    """
    counts, wanted = sorted(set(request.parameters["counts"])), repetitions(request)
    _check(wanted[0][1].spec)
    found: tuple[DeeperNetwork, ...] = ()
    for seed, subject in wanted:
        trained = yield from networks.trained(subject, seed=seed)
        for count in counts:
            found = (*found, *(_deeper(networks, trained, count, kind) for kind in INSERTED))
            what = counted(
                "Inserted {count} block into each stage", "Inserted {count} blocks into each stage", count=count
            )
            yield Progress(len(found), len(wanted) * len(counts) * len(INSERTED), what, InsertedResult(found))
    yield InsertedResult(found)


def _check(spec: ModelSpec) -> None:
    if len(set(spec.stage_blocks)) > 1:
        raise SettingsError("networks", sentence("every stage must have as many blocks as the others"))
    if spec.shortcut == "none":
        raise SettingsError("networks", sentence("the network must have shortcuts"))


def _deeper(networks: TrainedNetworks, trained: Trained, count: int, kind: str) -> DeeperNetwork:
    """The trained network with `count` blocks of this kind after those of each stage, tested."""
    before = trained.spec.stage_blocks[0]
    spec = replace(with_equal_stages(trained.spec, before + count), zero_init_residual=SILENT[kind])
    network = networks.fresh(spec, seed=trained.training.seed)
    network.load_state_dict(trained.network.state_dict(), strict=False)
    inserted = [part for part in parts_of(network, spec) if int(part.path.rpartition(".")[2]) >= before]
    sums = [part.add for part in inserted if part.add is not None and kind == "plain"]
    batches = list(networks.batches.test_batches())
    with batch_statistics(trained.network):
        error_before = error_percent(trained.network, batches)
    # A residual block without its shortcut is a plain one: only the branch leaves the sum.
    with batch_statistics(network), hooked(add.register_forward_hook(_branch_alone) for add in sums):
        error = error_percent(network, batches)
    return DeeperNetwork(kind, count, spec.depth, error_before, error, trained.training)


def _branch_alone(_: torch.nn.Module, inputs: tuple[torch.Tensor, torch.Tensor], __: torch.Tensor) -> torch.Tensor:
    return inputs[0]
