"""The claims that a proof calls verified, verified: against torchvision itself."""

import pytest

from explorer.analysis.verification_claims import prove
from explorer.engine.jobs.verify import verify
from explorer.model import PRESETS, preset

TORCHVISION = [known.name for known in PRESETS.values() if known.library.startswith("torchvision.")]
QUICK = ("resnet18", "resnext50_32x4d")


def test_eighteen_networks_are_called_identical_to_torchvisions() -> None:
    claimed = [
        name
        for name in PRESETS
        if any(claim.kind == "torchvision" and claim.status == "verified" for claim in prove(preset(name)).claims)
    ]
    assert claimed == TORCHVISION
    assert len(claimed) == 18


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in TORCHVISION]
)
def test_what_is_called_identical_is(name: str) -> None:
    outcome = verify(preset(name))
    assert outcome.ok, outcome
    twin = outcome.checks[-1]
    assert twin.name.startswith("torchvision")
    assert "outputs on the same weights are equal" in str(twin.detail)
