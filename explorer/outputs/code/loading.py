"""`load(path)` of a generated file: the weights of a file whose tensors have other names, into the network."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Loading(NamedTuple):
    """How a file calls the tensors: what stands before every name, and pairs of its name and the network's."""

    wrapping: str
    renaming: Sequence[tuple[str, str]]


def load_lines(title: str, loading: Loading) -> Iterator[str]:
    """The lines of `BEFORE_NAMES`, `RENAMED`, `named_tensors` and `load`, for a network of the class `title`.

    Names that are equal in both need no entry.
    """
    yield f"BEFORE_NAMES = {loading.wrapping!r}"
    renamed = {theirs: ours for theirs, ours in loading.renaming if theirs != ours}
    yield from _dictionary("RENAMED", renamed.items())
    yield from LOAD.format(title=title).splitlines()


def _dictionary(name: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    rows = [f"    {theirs!r}: {ours!r}," for theirs, ours in pairs]
    if not rows:
        yield f"{name}: dict[str, str] = {{}}"
        return
    yield f"{name} = {{"
    yield from rows
    yield "}"


LOAD = '''

def named_tensors(content: dict, before: str = "") -> dict[str, Tensor]:
    """The tensors of nested dictionaries, by their keys with dots between them."""
    found = {{}}
    for name, each in content.items():
        if isinstance(each, Tensor):
            found[f"{{before}}{{name}}"] = each
        elif isinstance(each, dict):
            found |= named_tensors(each, f"{{before}}{{name}}.")
    return found


def load(path: str) -> {title}:
    """The network with the weights of a PyTorch or safetensors file. Raises KeyError where one is missing."""
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        content = load_file(path)
    else:
        content = torch.load(path, map_location="cpu", weights_only=True)
    found = {{
        RENAMED.get(name.removeprefix(BEFORE_NAMES), name.removeprefix(BEFORE_NAMES)): tensor
        for name, tensor in named_tensors(content).items()
        if name.startswith(BEFORE_NAMES)
    }}
    network = build()
    wanted = network.state_dict()
    missing = [name for name in wanted if name not in found and not name.endswith("num_batches_tracked")]
    if missing:
        raise KeyError(f"{{path}} lacks {{missing[0]}} and {{len(missing) - 1}} more")
    network.load_state_dict({{name: found.get(name, each).reshape(each.shape) for name, each in wanted.items()}})
    return network'''
"""Counters may be missing, or have the shape (1,)."""
