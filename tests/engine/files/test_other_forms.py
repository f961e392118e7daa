"""Tar files of old versions of torch, ONNX and Keras: names, order of use, torch's layout, and what is not followed."""

import io
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path

import h5py
import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from explorer.engine.files import WeightsError, open_weights
from explorer.engine.files.errors import OTHER_ARCHIVE


def refused(path: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        open_weights(path)
    assert str(caught.value).startswith(path.name)
    return str(caught.value)


class Pickler(pickle.Pickler):
    def persistent_id(self, value: object) -> object:
        return getattr(value, "number", None)


class Numbered:
    def __init__(self, number: int) -> None:
        self.number = number


def write_tar(path: Path, first: torch.Tensor) -> None:
    """As torch 0.1 saved `{"whole": first, "column": first[:, 1]}`: the second is a view of a part of the storage."""
    rows, columns = first.shape
    storages, tensors, content = io.BytesIO(), io.BytesIO(), io.BytesIO()
    for value in (1, (7, "cpu", torch.FloatStorage)):
        pickle.dump(value, storages, 2)
    storages.write(struct.pack("<q", first.numel()) + first.numpy().tobytes())
    pickle.dump([(8, 7, 1, first.numel() - 1)], storages, 2)
    pickle.dump(2, tensors, 2)
    for number, storage, shape, strides in ((1, 7, (rows, columns), (columns, 1)), (2, 8, (rows,), (columns,))):
        pickle.dump((number, storage, torch.FloatTensor), tensors, 2)
        axes = len(shape)
        tensors.write(struct.pack(f"<i4x{axes}q{axes}qq", axes, *shape, *strides, 0))
    Pickler(content, 2).dump({"whole": Numbered(1), "column": Numbered(2)})
    with tarfile.open(path, "w") as archive:
        for name, data in (("storages", storages), ("tensors", tensors), ("pickle", content)):
            info = tarfile.TarInfo(name)
            info.size = data.tell()
            archive.addfile(info, io.BytesIO(data.getvalue()))


def test_a_tar_file_of_old(tmp_path: Path) -> None:
    first = torch.arange(12.0).view(3, 4)
    write_tar(tmp_path / "old.pt", first)
    theirs = torch.load(tmp_path / "old.pt", weights_only=False)
    assert torch.equal(theirs["column"], first[:, 1])
    file = open_weights(tmp_path / "old.pt")
    assert [each.name for each in file.listing.tensors] == ["whole", "column"]
    assert all(torch.equal(ours, theirs[name]) for name, ours in zip(theirs, file.load(theirs), strict=True))


def model(nodes: list[onnx.NodeProto], weights: dict[str, np.ndarray], path: Path) -> onnx.ModelProto:
    inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 4])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    stored = [numpy_helper.from_array(each, name) for name, each in weights.items()]
    made = helper.make_model(helper.make_graph(nodes, "g", inputs, outputs, stored))
    path.write_bytes(made.SerializeToString())
    return made


def test_onnx_in_the_order_of_use_and_in_torchs_layout(tmp_path: Path) -> None:
    weights = {
        "unused": np.ones(1, np.float32),
        "fc.bias": np.ones(2, np.float32),
        "fc.weight": np.arange(6, dtype=np.float32).reshape(2, 3),
        "first": np.arange(12, dtype=np.float32).reshape(4, 3),
    }
    nodes = [
        helper.make_node("MatMul", ["image", "first"], ["x"]),
        helper.make_node("Gemm", ["x", "fc.weight", "fc.bias"], ["y"], transB=1),
    ]
    model(nodes, weights, tmp_path / "network.bin")
    file = open_weights(tmp_path / "network.bin")
    assert [(each.name, each.shape, each.transposed) for each in file.listing.tensors] == [
        ("first", (3, 4), (1, 0)),
        ("fc.weight", (2, 3), ()),
        ("fc.bias", (2,), ()),
        ("unused", (1,), ()),
    ]
    first, last = file.load(["first", "fc.weight"])
    assert torch.equal(first, torch.from_numpy(weights["first"].T.copy()))
    assert torch.equal(last, torch.from_numpy(weights["fc.weight"]))


def test_whole_numbers_of_onnx_are_no_weights(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Reshape", ["image", "shape"], ["x"]),
        helper.make_node("MatMul", ["x", "first"], ["y"]),
    ]
    weights = {"first": np.ones((2, 3), np.float32), "shape": np.array([2, 2], np.int64)}
    model(nodes, weights, tmp_path / "network.onnx")
    listing = open_weights(tmp_path / "network.onnx").listing
    assert [each.name for each in listing.tensors] == ["first"]
    assert "shape (int64)" in listing.skipped


def test_onnx_with_values_elsewhere_and_quantised_onnx_are_refused(tmp_path: Path) -> None:
    node = helper.make_node("MatMul", ["image", "w"], ["y"])
    made = model([node], {"w": np.ones((4, 2), np.float32)}, tmp_path / "network.onnx")
    (tmp_path / "secret").write_bytes(bytes(32))
    tensor = made.graph.initializer[0]
    onnx.external_data_helper.set_external_data(tensor, "../secret")
    tensor.ClearField("raw_data")
    (tmp_path / "network.onnx").write_bytes(made.SerializeToString())
    assert "another file" in refused(tmp_path / "network.onnx")
    scaled = helper.make_node("DequantizeLinear", ["w", "s"], ["y"])
    model([scaled], {"w": np.ones(4, np.int8), "s": np.ones(1, np.float32)}, tmp_path / "quantised.onnx")
    assert "is quantised" in refused(tmp_path / "quantised.onnx")
    tensor.ClearField("external_data")
    tensor.data_location = TensorProto.DEFAULT
    tensor.raw_data = bytes(4)
    (tmp_path / "lie.onnx").write_bytes(made.SerializeToString())
    assert "claims numbers" in refused(tmp_path / "lie.onnx")


KERNEL = np.arange(3 * 3 * 2 * 5, dtype=np.float32).reshape(3, 3, 2, 5)
DENSE = np.arange(10, dtype=np.float32).reshape(5, 2)
DEPTHWISE = np.arange(3 * 3 * 4 * 2, dtype=np.float32).reshape(3, 3, 4, 2)


def write_h5(file: h5py.File) -> None:
    """As Keras 2 saved a model: the layers' names in an attribute, not in the order of the alphabet."""
    group = file.create_group("model_weights")
    layers = {"zeta": {"kernel:0": KERNEL, "bias:0": KERNEL[0, 0, 0]}, "alpha": {"depthwise_kernel:0": DEPTHWISE}}
    layers["middle"] = {"kernel:0": DENSE}
    group.attrs["layer_names"] = [name.encode() for name in layers]
    for name in sorted(layers):
        layer = group.create_group(name)
        layer.attrs["weight_names"] = [f"{name}/{word}".encode() for word in layers[name]]
        for word, values in sorted(layers[name].items()):
            layer.create_dataset(f"{name}/{word}", data=values)


def test_keras_layers_in_their_order_and_in_torchs_layout(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "network.bin", "w") as file:
        write_h5(file)
    file = open_weights(tmp_path / "network.bin")
    assert [(each.name, each.shape, each.transposed) for each in file.listing.tensors] == [
        ("model_weights.zeta.kernel:0", (5, 2, 3, 3), (3, 2, 0, 1)),
        ("model_weights.zeta.bias:0", (5,), ()),
        ("model_weights.alpha.depthwise_kernel:0", (8, 1, 3, 3), (2, 3, 0, 1)),
        ("model_weights.middle.kernel:0", (2, 5), (1, 0)),
    ]
    kernel, bias, depthwise, dense = file.load(range(4))
    assert kernel[4, 1, 2, 0] == KERNEL[2, 0, 1, 4]
    assert torch.equal(bias, torch.from_numpy(KERNEL[0, 0, 0].copy()))
    assert depthwise[3 * 2 + 1, 0, 1, 2] == DEPTHWISE[1, 2, 3, 1]
    assert torch.equal(dense, torch.from_numpy(DENSE.T.copy()))


def write_keras_3(file: h5py.File) -> None:
    for group, name, values in (
        ("conv2d_1", "second", KERNEL),
        ("conv2d_10", "third", KERNEL),
        ("batch_normalization", "norm", None),
        ("conv2d", "last", KERNEL),
    ):
        kept = file.create_group(f"layers/{group}/vars")
        kept.attrs["name"] = name
        for number, each in enumerate(
            [values] if values is not None else [np.full(5, k, np.float32) for k in range(4)]
        ):
            kept.create_dataset(str(number), data=each)


def test_keras_3_by_the_layers_names_as_they_were_written(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with h5py.File(inner, "w") as file:
        write_keras_3(file)
    (tmp_path / "plain").write_bytes(inner.getvalue())
    with zipfile.ZipFile(tmp_path / "whole", "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", inner.getvalue())
    for name in ("plain", "whole"):
        opened = open_weights(tmp_path / name)
        assert [each.path[1:] for each in opened.listing.tensors] == [
            *(("second", "kernel"), ("third", "kernel")),
            *(("norm", word) for word in ("gamma", "beta", "moving_mean", "moving_variance")),
            ("last", "kernel"),
        ]
        assert opened.load([("layers", "norm", "moving_mean")])[0].tolist() == [2.0] * 5


def test_links_and_data_in_other_files_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["secret"] = np.ones(3)
    (tmp_path / "secret.raw").write_bytes(bytes(24))
    with h5py.File(tmp_path / "links.h5", "w") as file:
        file["own"] = np.ones(2)
        file["again"] = file["own"]
        file["away"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/secret")
        file["soft"] = h5py.SoftLink("/away")
        file["ring"] = file["/"]
    listing = open_weights(tmp_path / "links.h5").listing
    assert len(listing.tensors) == 1
    assert {each.partition(" ")[0] for each in listing.skipped} == {"away", "soft"}
    with h5py.File(tmp_path / "raw.h5", "w") as file:
        file.create_dataset("w", (3,), "f8", external=[(str(tmp_path / "secret.raw"), 0, 24)])
    assert "another file" in refused(tmp_path / "raw.h5")
    with h5py.File(tmp_path / "virtual.h5", "w") as file:
        layout = h5py.VirtualLayout((3,), "f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "secret", (3,))
        file.create_virtual_dataset("w", layout)
    assert "another file" in refused(tmp_path / "virtual.h5")


def test_an_archive_of_keras_without_its_weights_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "network.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    assert OTHER_ARCHIVE.partition(",")[0] in refused(tmp_path / "network.keras")


def test_arrays_of_python_objects_are_left_out(tmp_path: Path) -> None:
    np.savez(tmp_path / "mixed.npz", w=np.ones(2), objects=np.array([{}], dtype=object))
    listing = open_weights(tmp_path / "mixed.npz").listing
    assert [each.name for each in listing.tensors] == ["w"]
    assert listing.skipped == ("objects (Python objects)",)
