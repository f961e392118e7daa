"""The garbage collector of a server leaves out what was loaded."""

import subprocess
import sys

AFTER = """
import gc
from explorer.ui.common import collector
collector.spare_loaded_modules()
print(gc.get_freeze_count(), gc.get_threshold()[0])
"""


def test_what_was_loaded_is_not_looked_through_again() -> None:
    # In a process of its own: this one's collector would stay so.
    done = subprocess.run([sys.executable, "-c", AFTER], capture_output=True, text=True, check=True)
    frozen, young = map(int, done.stdout.split())
    assert frozen > 10_000
    assert young > 700
