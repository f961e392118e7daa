"""What Build knows of measured times."""

from pathlib import Path

import pytest

from explorer.analysis.network import analyse
from explorer.experiments import Answer, ExperimentRequest, ResultCache, Subject
from explorer.experiments.catalogue.measure import BlockTime, MeasuredMemory, MeasuredNetwork, MeasureResult, Timing
from explorer.experiments.result_cache import newest_measurement
from explorer.model import assemble, preset
from explorer.outputs.drawing.overview.colouring import METRICS, colouring
from explorer.ui.build.colours import measured_block_seconds

SPEC = preset("resnet50")


def keep() -> None:
    """A measurement in which each block and each op of stem and head takes a second."""
    placed = [(stage, each) for stage, each in assemble(SPEC).placed_blocks()]
    blocks = tuple(
        BlockTime(each.path or stage.name, 1.0 if each.path else float(len(each.block.nodes))) for stage, each in placed
    )
    ops = tuple(BlockTime(node.name, 1.0) for _, each in placed if not each.path for node in each.block.nodes)
    timing = Timing("forward", 1, (1.0,) * 6)
    network = MeasuredNetwork("network", 1, 1, (timing,), blocks, MeasuredMemory("counted", 1, 2, 3, 4), ops)
    request = ExperimentRequest("measure", (Subject("network", SPEC),))
    ResultCache().put(request, Answer(MeasureResult("cpu", "x", "fp32", 1, 1, {}, (network,)), 1.0))


def test_times_have_the_keys_of_the_picture_and_sum_to_the_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESIDUAL_EXPLORER_DATA", str(tmp_path))
    assert measured_block_seconds(SPEC) is None
    assert newest_measurement(SPEC) is None
    keep()
    found = measured_block_seconds(SPEC)
    assert found is not None
    assert set(found) == set(colouring(analyse(assemble(SPEC)), next(iter(METRICS))).values)
    assert found["conv1"] == 3.0, "convolution, norm and activation are drawn as one"
    assert found["layer1.0"] == 1.0
    stem_and_head = [each for _, each in assemble(SPEC).placed_blocks() if not each.path]
    assert sum(found.values()) == 16 + sum(len(each.block.nodes) for each in stem_and_head)
    assert measured_block_seconds(preset("resnet18")) is None
