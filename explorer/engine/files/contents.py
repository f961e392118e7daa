"""What each reader of a format returns: the tensors' names and shapes, and how to load the values of some of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from explorer.identify.records import StoredTensor

GIB = 2**30


@dataclass(frozen=True)
class Limits:
    """The most that is read of a file that is not trusted."""

    file: int = 8 * GIB
    """Bytes of the file."""
    values: int = 8 * GIB
    """Bytes of all its tensors together, as their shapes and types claim them."""
    structure: int = 16 * 2**20
    """Bytes of names, shapes and other things beside the values."""
    tensors: int = 100_000


@dataclass(frozen=True)
class Contents:
    """A file's table of contents. `load` takes places in `tensors` and returns the tensors, on the CPU."""

    form: str
    tensors: tuple[StoredTensor, ...]
    load: Callable[[Sequence[int]], list[Tensor]]
    skipped: tuple[str, ...] = ()
    ordered: bool = True
    """Whether the order of the tensors is that of their definition or of their use."""
