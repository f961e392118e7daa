"""Picture files and archives of them for the tests of data sets: small, drawn here, the same on every machine."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image


def picture(
    seed: int, size: tuple[int, int] = (12, 12), mode: str = "RGB", kind: str = "PNG", **options: object
) -> bytes:
    """A file of noise around a grey that depends on the seed."""
    random = np.random.Generator(np.random.PCG64(seed))
    width, height = size
    pixels = random.integers(0, 200, (height, width, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, kind, **options)
    return file.getvalue()


def class_folders(classes: tuple[str, ...] = ("rose", "tulip"), each: int = 10, **options: object) -> dict[str, bytes]:
    """Files by path: `each` pictures in each class folder."""
    return {
        f"{name}/{number}.png": picture(100 * place + number, **options)  # type: ignore[arg-type]
        for place, name in enumerate(classes)
        for number in range(each)
    }


def write_zip(path: Path, files: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    """An archive of these files; a name that ends with a slash is a folder."""
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def write_folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """A folder of these files."""
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path
