"""The report on own images: what the pictures say, whatever their files are called and however they are written."""

import io
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.datasets.archive import OwnDataError
from explorer.datasets.decode import NO_HEIF_READER, read_picture
from explorer.datasets.findings import SENTENCES, sentence_of
from explorer.datasets.image_report import ImageReport, class_table, to_json
from explorer.datasets.own_images import read_own_data
from tests.pictures import class_folders, picture, write_folder, write_zip

GOOD = class_folders()
HEIC = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(100)


def report_on(path: Path) -> ImageReport:
    return read_own_data(path, path.name, None, lambda done, total: None).report


def findings(report: ImageReport) -> dict[str, tuple[tuple[str, ...], int, float]]:
    return {each.kind: (each.names, each.count, round(each.share, 4)) for each in report.findings}


def parts(train: Mapping[str, bytes], test: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"train/{name}": data for name, data in train.items()} | {
        f"test/{name}": data for name, data in test.items()
    }


LATER = {f"{name.split('/')[0]}/new{name.split('/')[1]}": picture(500 + place) for place, name in enumerate(GOOD)}
ONE = {"rose/one.png": picture(300)}
CONTENTS: dict[str, tuple[dict[str, bytes], dict[str, tuple[tuple[str, ...], int, float]]]] = {
    "nothing": (parts(GOOD, LATER), {}),
    "one part": (
        parts(GOOD | {"lily/1.png": picture(301)}, LATER | {"aster/1.png": picture(302)}),
        {"one_part": (("aster (test)", "lily (train)"), 2, 0.0), "imbalance": (("rose",), 10, 0.5238)},
    ),
    "letter case": (
        GOOD | {f"Rose/{n}.png": picture(400 + n) for n in range(9)},
        {"letter_case": (("Rose / rose",), 1, 0.0)},
    ),
    "both parts": (
        parts(GOOD | ONE, LATER | {"rose/two.png": ONE["rose/one.png"]}),
        {"both_parts": (("train/rose/one.png = test/rose/two.png",), 1, 0.0)},
    ),
    "two labels": (
        GOOD | ONE | {"tulip/one.png": ONE["rose/one.png"]},
        {"two_labels": (("rose/one.png = tulip/one.png",), 1, 0.0)},
    ),
    "other file, same pixels": (
        GOOD | ONE | {"rose/copy.bmp": picture(300, kind="BMP")},
        {"copies": ((), 1, 0.0)},
    ),
    "one stray file": (GOOD | {"x.png": picture(303)}, {"stray": (("x.png",), 1, 0.0)}),
    "imbalance": (
        class_folders(("many",), 40) | {f"few/{n}.png": picture(600 + n) for n in range(10)},
        {"imbalance": (("many",), 4, 0.2)},
    ),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_what_the_pictures_say_is_found(tmp_path: Path, name: str) -> None:
    files, expected = CONTENTS[name]
    report = report_on(write_folder(tmp_path / "own", files))
    found = findings(report)
    if name == "two labels":  # the two may fall into both parts too
        found.pop("both_parts", None)
    assert found == expected
    assert all(report.warnings)


def test_every_finding_has_a_sentence_and_every_sentence_a_finding(tmp_path: Path) -> None:
    source = "".join(path.read_text() for path in Path("explorer/datasets").glob("*.py"))
    for kind in SENTENCES:
        assert source.count(f'"{kind}"') > 1
    report = report_on(write_folder(tmp_path / "own", CONTENTS["one part"][0]))
    assert to_json(report) == {
        "classes": {
            "aster": {"train": 0, "test": 1},
            "lily": {"train": 1, "test": 0},
            "rose": {"train": 10, "test": 10},
            "tulip": {"train": 10, "test": 10},
        },
        "size": 12,
        "channels": 3,
        "parts": "folders",
        "skipped": [],
        "skipped_count": 0,
        "warnings": [str(sentence_of(each)) for each in report.findings],
        "question": [],
    }
    assert [line.split() for line in class_table(report)][1:3] == [["aster", "0", "1"], ["lily", "1", "0"]]


def saved(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


RAMP = np.arange(144).reshape(12, 12)
FORMS: dict[str, tuple[str, bytes]] = {
    "JFIF": ("rose/x.jfif", picture(700, kind="JPEG")),
    "TIFF": ("rose/x.tif", picture(700, kind="TIFF")),
    "no ending": ("rose/scan", picture(700)),
    "a number": ("rose/scan.0001", picture(700, kind="WEBP", lossless=True)),
    "AVIF, or its name": ("rose/x.heic", HEIC),
}


@pytest.mark.parametrize("name", FORMS)
def test_other_forms_are_read_or_named(tmp_path: Path, name: str) -> None:
    path, data = FORMS[name]
    report = report_on(write_folder(tmp_path / "own", GOOD | {path: data, "rose/README": b"a text", "LICENSE": b"x"}))
    left_out = {each.path: each.reason for each in report.skipped}
    assert {"rose/README", "LICENSE"} <= set(left_out)
    assert left_out.get(path) == (NO_HEIF_READER if data is HEIC else None)
    assert report.images == 20 + (data is not HEIC)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (RAMP.astype(np.uint16), "PNG"),
        ((RAMP * 7 + 30_000).astype(np.uint16), "TIFF"),
        ((RAMP * 20).astype(np.int32), "TIFF"),
        ((RAMP / 1000 - 3).astype(np.float32), "TIFF"),
    ],
)
def test_grey_of_many_bits_fills_its_own_range(values: np.ndarray, kind: str) -> None:
    found = read_picture(saved(Image.fromarray(values), kind), 12)
    assert (found.grey, found.own_range) == (True, True)
    assert np.array_equal(found.pixels[..., 0], np.rint(RAMP * 255 / 143))


def renamed(name: str, encoding: str, folder: Path) -> Path:
    """A folder in which one class has a name in an encoding of another machine."""
    for path, data in GOOD.items():
        place = os.fsencode(folder) + b"/" + path.replace("rose", name).encode(encoding)
        os.makedirs(os.path.dirname(place), exist_ok=True)  # noqa: PTH103, PTH120  (a path of bytes)
        Path(os.fsdecode(place)).write_bytes(data)
    return folder


NAMES = [("café", "latin-1"), ("Äpfel", "cp1252"), ("チューリップ", "cp932"), ("向日葵", "gbk"), ("りんご", "utf-8")]


@pytest.mark.parametrize(("name", "encoding"), NAMES)
def test_names_on_a_disk_are_read_in_any_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    report = report_on(renamed(name, encoding, tmp_path / "own"))
    assert set(report.classes) == {name, "tulip"}
    assert report.images == 20


@pytest.mark.parametrize(("name", "encoding"), [*NAMES[2:], ("café", "cp437"), ("表示", "cp932")])
def test_names_in_an_archive_are_read_without_the_flag_of_utf_8(tmp_path: Path, name: str, encoding: str) -> None:
    # Names of equal length in ASCII are written first: the library that writes archives knows no other encoding.
    stand_in = "x" * len(name.encode(encoding))
    path = write_zip(tmp_path / "own.zip", {file.replace("rose", stand_in): data for file, data in GOOD.items()})
    path.write_bytes(path.read_bytes().replace(stand_in.encode() + b"/", name.encode(encoding) + b"/"))
    report = report_on(path)
    assert set(report.classes) == {name, "tulip"}
    assert report.images == 20


def test_composed_and_decomposed_letters_are_one_class(tmp_path: Path) -> None:
    files = GOOD | {"cafe\u0301/1.png": picture(1), "caf\u00e9/2.png": picture(2)}
    for path in (write_folder(tmp_path / "own", files), write_zip(tmp_path / "own.zip", files)):
        assert set(report_on(path).classes) == {"caf\u00e9", "rose", "tulip"}


def encrypted(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begin = data.find(mark)
        while begin >= 0:
            data[begin + place] |= 1
            begin = data.find(mark, begin + 4)
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-600])


def made_tar(path: Path) -> None:
    path.write_bytes(bytes(257) + b"ustar\x00" + bytes(500))


@pytest.mark.parametrize(
    ("damage", "word"), [(encrypted, "encrypted"), (cut_short, "cut short"), (made_tar, "tar archive")]
)
def test_an_archive_is_called_what_it_is(tmp_path: Path, damage: Callable[[Path], None], word: str) -> None:
    path = write_zip(tmp_path / "own.zip", GOOD, zipfile.ZIP_STORED)
    damage(path)
    with pytest.raises(OwnDataError, match=word):
        report_on(path)
