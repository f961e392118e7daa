"""Pickles that call, loop, grow or lie: each is a listing or one sentence, and nothing of them is run."""

import io
import pickle
import pickletools
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import torch

from explorer.engine.files import Limits, WeightsError, nesting, open_weights
from explorer.engine.files.errors import DAMAGED, NO_TENSORS, NOT_HELD, TOO_MUCH
from tests.texts import numbers


def archive(path: Path, structure: bytes, **storages: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("x/data.pkl", structure)
        for key, data in storages.items():
            file.writestr(f"x/data/{key.removeprefix('s')}", data)
    return path


def sentence(path: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        open_weights(path)
    message = str(caught.value)
    assert message.startswith(path.name)
    assert message.endswith(".")
    assert "\n" not in message
    return message


SYSTEM = b"cposix\nsystem\n"
TOUCH = b"\x8c\x0ctouch sprung"
CALLS = {
    "GLOBAL and REDUCE": SYSTEM + TOUCH + b"\x85R.",
    "STACK_GLOBAL": b"\x8c\x05posix\x8c\x06system\x93" + TOUCH + b"\x85R.",
    "INST": b"(" + TOUCH + b"iposix\nsystem\n.",
    "OBJ": b"(" + SYSTEM + TOUCH + b"o.",
    "NEWOBJ": SYSTEM + TOUCH + b"\x85\x81.",
    "NEWOBJ_EX": SYSTEM + TOUCH + b"\x85}\x92.",
    "BUILD": b"cargparse\nNamespace\n)\x81}(\x8c\x0c__setstate__" + SYSTEM + b"ub" + TOUCH + b"b.",
    "named, not called": b"}\x8c\x01x" + SYSTEM + b"s.",
    "another name of it": b"cos\nsystem\n" + TOUCH + b"\x85R.",
    "Python 2's": b"c__builtin__\neval\n\x8c\x011\x85R.",
    "subprocess": b"csubprocess\nPopen\n" + TOUCH + b"\x85R.",
    "through importlib": b"cimportlib\nimport_module\n\x8c\x02os\x85R.",
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_refused_by_name_and_not_made(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    list(pickletools.genops(b"\x80\x04" + CALLS[name]))  # it is a pickle
    assert "carries code (" in sentence(archive(tmp_path / "trap.pt", b"\x80\x04" + CALLS[name]))
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("code", [b"cposix\nsystem\n\x8c\x0ctouch sprung\x85R."])
def test_the_call_does_work_elsewhere(code: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pickle.loads(b"\x80\x04" + code)
    assert (tmp_path / "sprung").exists()


ENDLESS = {
    "no end": b"\x80\x02}" * 10,
    "nothing": b"",
    "an opcode that is none": b"\x80\x02\xff.",
    "an empty stack": b"\x80\x02.",
    "a mark only": b"\x80\x02(.",
    "nothing remembered": b"\x80\x02h\x05.",
    "an extension": b"\x80\x02\x82\x01.",
    "a buffer beside it": b"\x80\x05\x97.",
    "a list as a class": b"\x80\x02]\x85R.",
    "a huge text": b"\x80\x04\x8d" + struct.pack("<Q", 2**40) + b"x.",
    "huge bytes": b"\x80\x05\x96" + struct.pack("<Q", 2**40) + b"x.",
    "a number of many digits": b"\x80\x02L" + b"9" * 10_000 + b"L\n.",
    "an id that is none": b"\x80\x02K\x01Q.",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_makes_no_sense_is_damaged(name: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "bad.pt", ENDLESS[name])
    tracemalloc.start()
    assert DAMAGED in sentence(path)
    assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
    tracemalloc.stop()


def doubled(times: int, leaf: bytes = b"}") -> bytes:
    """A mapping that has one mapping twice, and so on: in memory a line, by its paths a tree."""
    inner = leaf + bytes([ord("r")]) + struct.pack("<I", 0)
    steps = [
        b"}(\x8c\x01aj"
        + struct.pack("<I", at)
        + b"\x8c\x01bj"
        + struct.pack("<I", at)
        + b"ur"
        + struct.pack("<I", at + 1)
        for at in range(times)
    ]
    return b"\x80\x04" + inner + b"".join(steps) + b"."


def test_a_tree_of_repetitions_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nesting, "MOST_TENSORS", 1000)
    assert NO_TENSORS in sentence(archive(tmp_path / "tree.pt", doubled(40)))
    leaf = b"ctorch._utils\n_rebuild_meta_tensor_no_storage\n)R"
    assert TOO_MUCH in sentence(archive(tmp_path / "tree.pt", doubled(40, leaf)))


def test_a_number_to_remember_under_may_be_any(tmp_path: Path) -> None:
    assert NO_TENSORS in sentence(archive(tmp_path / "memo.pt", b"\x80\x04}r\xff\xff\xff\xff."))


def test_a_thousand_nested_mappings_are_refused(tmp_path: Path) -> None:
    structure = b"\x80\x04" + b"}\x8c\x01a" * 1000 + b"}" + b"s" * 1000 + b"."
    assert "deep" in sentence(archive(tmp_path / "deep.pt", structure))


def test_a_key_of_many_nested_tuples_is_no_matter(tmp_path: Path) -> None:
    structure = b"\x80\x04})" + b"\x85" * 30_000 + b"K\x01s."
    assert NO_TENSORS in sentence(archive(tmp_path / "key.pt", structure))


def test_a_list_that_contains_itself_ends(tmp_path: Path) -> None:
    assert NO_TENSORS in sentence(archive(tmp_path / "ring.pt", b"\x80\x02]q\x00h\x00a."))


def test_ten_gigabytes_of_zeros_are_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "zeros.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("x/data.pkl", b"\x80\x02}.")
        file.writestr("x/data/0", bytes(2**20))
    data = path.read_bytes()  # the sizes of the member, as the archive states them
    size = struct.pack("<I", 2**20)
    path.write_bytes(data.replace(size, struct.pack("<I", 2**32 - 2)))
    assert "would unpack" in sentence_for(path, 2**31)


def sentence_for(path: Path, room: int) -> str:
    with pytest.raises(WeightsError) as caught:
        open_weights(path, Limits(values=room))
    return str(caught.value)


class Liar:
    """Pickles as a tensor of one storage of eight numbers, with a shape, strides and an offset of its own."""

    def __init__(self, offset: object, shape: object, strides: object) -> None:
        self.claim = (offset, shape, strides)

    def __reduce__(self) -> tuple[object, ...]:
        offset, shape, strides = self.claim
        return torch._utils._rebuild_tensor_v2, (torch.ones(8).storage(), offset, shape, strides, False, {})


LIES = {
    "huge": (0, (2**40,), (1,)),
    "one too many": (1, (8,), (1,)),
    "a wide step": (0, (2, 2), (7, 2)),
    "an offset far behind": (2**60, (1,), (1,)),
}
NONSENSE = {
    "an offset before": (-1, (1,), (1,)),
    "a size below zero": (0, (-1,), (1,)),
    "a step below zero": (7, (8,), (-1,)),
    "other numbers of axes": (0, (8,), (1, 1)),
    "no numbers": (0, ("8",), (1,)),
    "many axes": (0, (1,) * 1000, (1,) * 1000),
}


@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")
@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("name", [*LIES, *NONSENSE])
def test_tensors_outside_their_storage_are_refused(name: str, legacy: bool, tmp_path: Path) -> None:
    claim = (LIES | NONSENSE)[name]
    torch.save({"x": Liar(*claim)}, tmp_path / "liar.pt", _use_new_zipfile_serialization=not legacy)
    found = sentence(tmp_path / "liar.pt")
    assert (NOT_HELD.partition("{shape}")[0] if name in LIES else "is damaged") in found


@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")
def test_one_number_repeated_a_million_million_times_is_refused(tmp_path: Path) -> None:
    torch.save({"x": Liar(0, (2**20, 2**20), (0, 0))}, tmp_path / "liar.pt")
    assert TOO_MUCH in sentence(tmp_path / "liar.pt")


def test_tensors_without_elements_and_repeated_ones_are_read(tmp_path: Path) -> None:
    content = {"none": torch.zeros(0, 3), "scalar": torch.tensor(2.0), "repeated": torch.ones(1).expand(3)}
    torch.save(content, tmp_path / "small.pt")
    file = open_weights(tmp_path / "small.pt")
    assert [each.shape for each in file.listing.tensors] == [(0, 3), (), (3,)]
    assert all(torch.equal(a, b) for a, b in zip(file.load(content), content.values(), strict=True))


def test_a_storage_that_is_missing_is_damage(tmp_path: Path) -> None:
    torch.save({"x": torch.ones(3)}, tmp_path / "whole.pt")
    with zipfile.ZipFile(tmp_path / "whole.pt") as file:
        structure = file.read("whole/data.pkl")
    assert DAMAGED in sentence(archive(tmp_path / "part.pt", structure))
    assert numbers(sentence(archive(tmp_path / "short.pt", structure, s0=bytes(8)))) == ["3"]


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor", "ignore:TypedStorage is deprecated")
def test_quantised_tensors_are_refused(tmp_path: Path) -> None:
    torch.save({"x": torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)}, tmp_path / "quantised.pt")
    assert "is quantised" in sentence(tmp_path / "quantised.pt")


def test_classes_that_do_not_exist_here_are_left_out_and_named(tmp_path: Path) -> None:
    content = io.BytesIO()
    torch.save({"state_dict": {"w": torch.ones(2)}}, content)
    with zipfile.ZipFile(content) as file:
        structure = file.read("archive/data.pkl")
        data = file.read("archive/data/0")
    unknown = b"\x8c\x06config" + b"cacme.training\nConfig\n)\x81}\x8c\x02lrK\x01sb" + b"s"
    assert structure.endswith(b"s.")
    path = archive(tmp_path / "unknown.pt", structure[:-1] + unknown + b".", s0=data)
    file = open_weights(path)
    assert [each.name for each in file.listing.tensors] == ["state_dict.w"]
    assert file.listing.skipped == ("acme.training.Config",)
