"""From a file to the answer with its values asked: the network that the values say, under its own names."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from explorer.engine.identification import dataset_images, weigh
from explorer.engine.jobs import identify as job
from explorer.jobs.errors import SettingsError
from tests.engine.identification.test_weigh import LIMITS, with_shortcuts


@pytest.fixture
def file(small, remembering, tmp_path: Path) -> Path:
    """A network whose zeros stand behind the channels, with names of its own, in a wrapping."""
    spec = replace(small, shortcut="pad_behind", num_classes=10)
    images = dataset_images("gratings", spec)
    network = remembering(spec, (images.pixels - 0.5) / 0.25)
    state = {f"net.{name.replace('layer', 'part')}": each for name, each in network.state_dict().items()}
    torch.save(state, tmp_path / "theirs.pth")
    return tmp_path / "theirs.pth"


def test_the_values_choose_the_shortcut_and_the_names_follow(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "weigh", partial(weigh, limits=LIMITS, public=with_shortcuts, rivals=lambda _: ()))
    by_shapes = job.identify(file)
    assert by_shapes.evidence == ()
    found = job.identify(file, images="gratings")
    assert found.spec is not None
    assert found.spec.shortcut == "pad_behind"
    assert found.evidence[0].spec == found.spec
    assert found.reason
    ours = {pair.ours for pair in found.renaming}
    assert "layer1.0.conv1.weight" in ours
    assert found.wrapping == "net."


def test_images_that_are_not_there_are_a_sentence(file: Path) -> None:
    with pytest.raises(SettingsError, match="no data set called 'nothing'"):
        job.identify(file, images="nothing")
