"""A tiny CIFAR in the form of the real one: pickles as Python 2 wrote them, in a folder or a packed archive."""

import hashlib
import io
import pickle
import pickletools
import tarfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from torchvision import datasets


class Python2Pickler(pickle._Pickler):  # the one in C cannot be taught
    """Writes texts and bytes alike as Python 2's `str`, and names NumPy's module as it was called then."""

    dispatch: ClassVar[dict[type, Any]] = dict(pickle._Pickler.dispatch)

    def save_str(self, obj: Any) -> None:
        data = obj.encode("latin1") if isinstance(obj, str) else obj
        self.write(pickle.BINSTRING + len(data).to_bytes(4, "little") + data)
        self.memoize(obj)

    dispatch[str] = save_str
    dispatch[bytes] = save_str


def python2_pickle(value: object) -> bytes:
    """What Python 2's cPickle would have written."""
    file = io.BytesIO()
    Python2Pickler(file, protocol=2).dump(value)
    return file.getvalue().replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")


def batch(seed: int, count: int, classes: int, key: str) -> bytes:
    """A batch of noise."""
    random = np.random.Generator(np.random.PCG64(seed))
    pixels = random.integers(0, 256, (count, 3072), dtype=np.uint8)
    return python2_pickle({"data": pixels, key: random.integers(0, classes, count).tolist(), "batch_label": "a batch"})


def standin(base: type[Any], folder: Path, meta: bytes | None = None) -> type[Any]:
    """A tiny CIFAR below `folder`, and a class like torchvision's `base` that knows its checksums."""
    hundred = base is datasets.CIFAR100
    key = "fine_labels" if hundred else "labels"
    count = 100 if hundred else 10
    from explorer.datasets.catalogue import DATASETS

    names = list(DATASETS[f"cifar{count}"].classes)
    files = {name: batch(seed, 20, count, key) for seed, (name, _) in enumerate([*base.train_list, *base.test_list])}
    files[base.meta["filename"]] = meta or python2_pickle({base.meta["key"]: names})
    place = folder / base.base_folder
    place.mkdir(parents=True)
    for name, data in files.items():
        (place / name).write_bytes(data)
    with tarfile.open(folder / base.filename, "w:gz") as archive:
        archive.add(place, base.base_folder)
    sums = {name: hashlib.md5(data).hexdigest() for name, data in files.items()}
    known = {
        "train_list": [[name, sums[name]] for name, _ in base.train_list],
        "test_list": [[name, sums[name]] for name, _ in base.test_list],
        "meta": {**base.meta, "md5": sums[base.meta["filename"]]},
        "tgz_md5": hashlib.md5((folder / base.filename).read_bytes()).hexdigest(),
    }
    return type(base.__name__, (base,), known)


def opcodes(data: bytes) -> set[str]:
    """The kinds of instructions in a pickle."""
    return {code.name for code, _, _ in pickletools.genops(data)}
