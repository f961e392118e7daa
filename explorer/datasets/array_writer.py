"""Writes the file of a data set, which `array_file` reads."""

import json
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from explorer.datasets.array_file import ARRAYS


def write_dataset(path: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    """Writes the arrays named in ARRAYS and the facts, in one piece or not at all. Raises OSError (a full disk)."""
    unfinished = path.with_suffix(f".{uuid.uuid4().hex[:8]}.part")
    metadata = {"facts": json.dumps(facts, ensure_ascii=False)}
    try:
        # Not by `save_file`, whose error for a full disk has no number to tell it from others.
        with unfinished.open("wb") as file:
            file.write(save({name: np.ascontiguousarray(arrays[name]) for name in ARRAYS}, metadata))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
