"""Every form comes back with the names, shapes, order and values that were saved."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import Tensor

from explorer.engine.files import open_weights
from explorer.identify.ordering import natural

DTYPES = ("float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool")
NAMES = st.text("abc.01_é", min_size=1, max_size=6)
SHAPES = st.lists(st.integers(0, 3), max_size=4)


@st.composite
def tensors(draw: st.DrawFn, dtypes: tuple[str, ...] = DTYPES) -> Tensor:
    """Random bits, some of them in the order of a transposed or sliced tensor."""
    dtype, shape = getattr(torch, draw(st.sampled_from(dtypes))), draw(SHAPES)
    values = torch.randint(0, 100, [*shape, 2], generator=torch.Generator().manual_seed(draw(st.integers(0, 99))))
    return draw(
        st.sampled_from(
            [
                values[..., 0].to(dtype),
                values.to(dtype)[..., 1],
                values[..., 0].to(dtype).mT if len(shape) > 1 else values[..., 0].to(dtype),
            ]
        )
    )


FLAT = st.dictionaries(NAMES, tensors(), min_size=1, max_size=5)
NESTED = st.recursive(
    FLAT, lambda inner: st.dictionaries(NAMES, inner | tensors() | st.floats() | st.none(), max_size=4)
)


def flattened(content: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Tensor]]:
    if isinstance(content, Tensor):
        return [(path, content)]
    parts = content.items() if isinstance(content, dict) else ()
    return [found for key, part in parts for found in flattened(part, (*path, key))]


def check(path: Path, expected: list[tuple[tuple[str, ...], Tensor]]) -> None:
    file = open_weights(path)
    assert [(each.path, each.shape) for each in file.listing.tensors] == [
        (name, tuple(t.shape)) for name, t in expected
    ]
    assert [each.dtype for each in file.listing.tensors] == [str(t.dtype).removeprefix("torch.") for _, t in expected]
    for (name, tensor), found in zip(expected, file.load(range(len(expected))), strict=True):
        assert torch.equal(found, tensor), name
    backwards = [name for name, _ in expected][::-1]
    assert all(torch.equal(a, b) for a, (_, b) in zip(file.load(backwards), expected[::-1], strict=True))


@given(NESTED.filter(lambda content: bool(flattened(content))), st.booleans())
@settings(max_examples=40, deadline=None)
def test_nested_dicts_in_both_of_torchs_forms(tmp_path_factory: Any, content: dict[str, Any], archive: bool) -> None:
    path = tmp_path_factory.mktemp("saved") / "weights.bin"
    torch.save(content, path, _use_new_zipfile_serialization=archive)
    check(path, flattened(content))


@given(FLAT)
@settings(max_examples=25, deadline=None)
def test_safetensors(tmp_path_factory: Any, content: dict[str, Tensor]) -> None:
    path = tmp_path_factory.mktemp("saved") / "weights.bin"
    save_file({name: each.contiguous() for name, each in content.items()}, path)
    check(path, [((name,), content[name]) for name in sorted(content, key=natural)])


@given(st.dictionaries(NAMES, tensors(tuple(name for name in DTYPES if name != "bfloat16")), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_npz(tmp_path_factory: Any, content: dict[str, Tensor]) -> None:
    path = tmp_path_factory.mktemp("saved") / "weights.bin"
    for save in (np.savez, np.savez_compressed):
        with path.open("wb") as file:
            save(file, **{name: each.numpy() for name, each in content.items()})
        check(path, [((name,), each) for name, each in content.items()])
