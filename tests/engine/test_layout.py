"""The layout of tensors changes the speed of a network and nothing else."""

import subprocess
import sys

NARROW = """
import torch
from torch import nn
from explorer.engine.lowering import to_channels_last

for channels in (1, 3, 4, 6, 8):
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Conv2d(3, channels, 3, padding=1), nn.Conv2d(channels, 8, 1, stride=2, bias=False))
    ours = nn.Sequential(nn.Conv2d(3, channels, 3, padding=1), nn.Conv2d(channels, 8, 1, stride=2, bias=False))
    ours.load_state_dict(plain.state_dict())
    to_channels_last(ours)
    images = torch.randn(4, 3, 8, 8)
    for _ in range(20):
        plain(images).square().sum().backward()
        ours(images.to(memory_format=torch.channels_last)).square().sum().backward()
    for expected, found in zip(plain.parameters(), ours.parameters(), strict=True):
        torch.testing.assert_close(found.grad, expected.grad, rtol=1e-4, atol=1e-3)
print("equal")
"""


def test_gradients_of_narrow_strided_projections_are_those_of_the_contiguous_layout() -> None:
    """In a process of its own with one thread, as workers train: a damaged heap ends the process."""
    done = subprocess.run([sys.executable, "-c", NARROW], capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout) == (0, "equal\n"), done.stderr[-500:]
