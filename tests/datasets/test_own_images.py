"""Somebody's own pictures: what is read, what is refused, and what is said about it."""

import io
import os
import stat
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.datasets import own_images
from explorer.datasets.archive import (
    DAMAGED_MEMBER,
    IS_LINK,
    LEADS_OUT,
    MOST_INFLATED,
    NO_ARCHIVE,
    NOT_ORDINARY,
    OwnDataError,
    checked_path,
    open_source,
)
from explorer.datasets.bounds import PAGE, Bounds
from explorer.datasets.decode import MOST_PIXELS, UNREADABLE
from explorer.datasets.layout import NO_CLASS_FOLDER, NO_CLASSES, OUTSIDE
from explorer.datasets.own_images import facts_of, read_own_data
from explorer.jobs.codec import from_plain
from explorer.language import Text, told
from tests.pictures import class_folders, picture, write_folder, write_zip
from tests.texts import numbers

GOOD = class_folders()


def read(path: Path, side: int | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    own = read_own_data(path, path.name, side, lambda done, total: None)
    return own.arrays, facts_of(own)


def refused(path: Path, side: int | None = None, bounds: Bounds = PAGE) -> str:
    with pytest.raises(OwnDataError) as error:
        read_own_data(path, path.name, side, lambda done, total: None, bounds=bounds)
    return str(error.value)


def skipped(facts: dict[str, Any]) -> dict[str, str]:
    return {each["path"]: told(from_plain(Text, each["reason"])) for each in facts["report"]["skipped"]}


def found(facts: dict[str, Any]) -> dict[str, Any]:
    return {each["kind"]: each for each in facts["report"]["findings"]}


def pictures(facts: dict[str, Any]) -> int:
    return sum(each["train"] + each["test"] for each in facts["report"]["classes"].values())


def decoded(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def images_of(arrays: dict[str, Any]) -> set[bytes]:
    return {image.tobytes() for part in ("train", "test") for image in arrays[f"{part}_images"]}


def test_a_zip_of_class_folders_is_read_whole(tmp_path: Path) -> None:
    arrays, facts = read(write_zip(tmp_path / "flowers.zip", GOOD))
    assert facts["dataset"]["classes"] == ["rose", "tulip"]
    assert facts["dataset"]["image_size"] == 12
    assert arrays["train_images"].shape == (16, 12, 12, 3)
    assert arrays["test_images"].shape == (4, 12, 12, 3)
    assert np.bincount(arrays["train_labels"]).tolist() == [8, 8]
    assert np.bincount(arrays["test_labels"]).tolist() == [2, 2]
    assert images_of(arrays) == {decoded(data).tobytes() for data in GOOD.values()}
    roses = {decoded(data).tobytes() for name, data in GOOD.items() if name.startswith("rose")}
    for part in ("train", "test"):
        for image, label in zip(arrays[f"{part}_images"], arrays[f"{part}_labels"], strict=True):
            assert (image.tobytes() in roses) == (label == 0)
    assert facts["report"]["skipped"] == []


def test_the_same_pictures_are_the_same_data_set_wherever_they_lie(tmp_path: Path) -> None:
    zipped, facts = read(write_zip(tmp_path / "a.zip", {f"outer/{name}": data for name, data in GOOD.items()}))
    renamed = {name.replace("/", "/other"): data for name, data in reversed(GOOD.items())}
    folder, others = read(write_folder(tmp_path / "b", renamed))
    assert facts["name"] == others["name"]
    for name, array in zipped.items():
        assert np.array_equal(array, folder[name])
    _, fewer = read(write_zip(tmp_path / "c.zip", {name: data for name, data in GOOD.items() if "9" not in name}))
    assert fewer["name"] != facts["name"]


def test_folders_for_the_two_parts_are_used(tmp_path: Path) -> None:
    train = {f"all/train/{name}": data for name, data in class_folders(each=4).items()}
    test = {f"all/test/{name}": data for name, data in class_folders(each=6, size=(12, 12), mode="L").items()}
    stray = {"all/notes/rose/1.png": picture(1)}
    arrays, facts = read(write_zip(tmp_path / "parts.zip", train | test | stray))
    assert len(arrays["train_labels"]) == 8
    assert len(arrays["test_labels"]) == 12
    assert {image.tobytes() for image in arrays["train_images"]} == {decoded(data).tobytes() for data in train.values()}
    assert facts["report"]["parts"] == "folders"
    assert skipped(facts) == {"all/notes/rose/1.png": OUTSIDE.format(names="train and test")}


@pytest.mark.parametrize(
    "name",
    ["../x.png", "rose/../../x.png", "/etc/x.png", "C:/x.png", "C:\\x.png", "..\\..\\x.png", "\\\\host\\x.png"],
)
def test_a_path_that_climbs_out_refuses_the_archive_and_touches_nothing(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "deep" / "er"
    inside.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    archive = write_zip(tmp_path / "deep" / "er" / "climber.zip", GOOD | {name: picture(1)})
    assert refused(archive) == LEADS_OUT.format(path=name)
    assert sorted(tmp_path.rglob("*")) == sorted([*before, archive])


def test_a_plain_path_is_kept() -> None:
    assert str(checked_path("rose/..hidden/a..png")) == "rose/..hidden/a..png"


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "bomb.zip", GOOD | {"rose/zeros.png": bytes(20 * 2**20)})
    said = refused(archive)
    assert "rose/zeros.png" in said
    assert numbers(said)[-1] == str(MOST_INFLATED)


def test_a_bomb_of_many_files_is_refused_by_its_size(tmp_path: Path) -> None:
    bounds = replace(PAGE, picture_files=sum(map(len, GOOD.values())) - 1)
    for source in (write_zip(tmp_path / "many.zip", GOOD), write_folder(tmp_path / "many", GOOD)):
        assert numbers(refused(source, bounds=bounds)) == ["0"], "whole MiB that the pictures may take"


def test_too_many_files_or_classes_or_pixels_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = write_zip(tmp_path / "many.zip", GOOD)
    assert numbers(refused(archive, bounds=replace(PAGE, pictures=19))) == ["19"]
    assert numbers(refused(archive, bounds=replace(PAGE, entries=18))) == ["18"]
    noted = write_zip(tmp_path / "noted.zip", GOOD | {"README.md": b"text", "notes.txt": b"text"})
    read_own_data(noted, "noted", None, lambda *_: None, bounds=replace(PAGE, pictures=20))
    with monkeypatch.context() as patch:
        patch.setattr(own_images, "MOST_CLASSES", 1)
        assert numbers(refused(archive)) == ["2", "1"]
    said = refused(archive, 64, replace(PAGE, pixels=20 * 64 * 64 * 3 - 1))
    assert numbers(said) == ["20", "64", "64", "0"], "images of 64x64 pixels, and whole MiB that they may take"
    assert numbers(refused(archive, 1000)) == ["8", "128", "1000"]


def test_a_member_that_lies_about_its_size_is_left_out(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "liar.zip", GOOD | {"tulip/liar.png": picture(5, (40, 40))}, zipfile.ZIP_STORED)
    data = bytearray(archive.read_bytes())
    entry = data.rindex(b"tulip/liar.png") - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + 24 : entry + 28] = struct.pack("<I", 10)
    archive.write_bytes(data)
    arrays, facts = read(archive)
    assert len(arrays["train_labels"]) + len(arrays["test_labels"]) == 20
    assert list(skipped(facts)) == ["tulip/liar.png"]


def test_an_archive_in_the_archive_is_not_opened(tmp_path: Path) -> None:
    inner = write_zip(tmp_path / "inner.zip", GOOD).read_bytes()
    _, facts = read(write_zip(tmp_path / "outer.zip", GOOD | {"rose/inner.zip": inner, "rose/zip.png": inner}))
    assert skipped(facts) == {"rose/inner.zip": own_images.NOT_A_PICTURE, "rose/zip.png": UNREADABLE}
    assert pictures(facts) == 20


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture(77))
    folder = write_folder(tmp_path / "flowers", GOOD)
    (folder / "rose" / "link.png").symlink_to(secret)
    (folder / "lily").symlink_to(tmp_path)
    os.mkfifo(folder / "rose" / "pipe.png")
    arrays, facts = read(folder)
    assert decoded(picture(77)).tobytes() not in images_of(arrays)
    assert skipped(facts) == {
        "lily": IS_LINK,
        "rose/link.png": IS_LINK,
        "rose/pipe.png": NOT_ORDINARY,
    }
    archive = tmp_path / "linked.zip"
    write_zip(archive, GOOD)
    with zipfile.ZipFile(archive, "a") as opened:
        info = zipfile.ZipInfo("rose/link.png")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(info, "/etc/passwd")
    assert skipped(read(archive)[1]) == {"rose/link.png": IS_LINK}


def test_what_is_no_picture_is_named_and_the_rest_is_used(tmp_path: Path) -> None:
    whole = picture(3)
    bad = {
        "rose/note.png": b"a text",
        "rose/half.png": whole[: len(whole) // 2],
        "rose/script.svg": b"<svg/>",
        "loose.png": picture(4),
        "rose/.hidden.png": b"x",
        "__MACOSX/rose/0.png": b"x",
    }
    arrays, facts = read(write_zip(tmp_path / "mixed.zip", GOOD | bad))
    assert len(arrays["train_labels"]) + len(arrays["test_labels"]) == 20
    reasons = skipped(facts)
    assert reasons["rose/note.png"] == UNREADABLE
    assert reasons["rose/half.png"].startswith("is damaged")
    assert reasons["rose/script.svg"] == own_images.NOT_A_PICTURE
    assert reasons["loose.png"] == NO_CLASS_FOLDER
    assert len(reasons) == 4


def test_an_empty_class_is_named_and_one_class_is_too_few(tmp_path: Path) -> None:
    files = GOOD | {"lily/": b"", "daisy/note.png": b"text"}
    _, facts = read(write_zip(tmp_path / "a.zip", files))
    assert found(facts)["empty"]["names"] == ["daisy", "lily"]
    assert facts["dataset"]["classes"] == ["rose", "tulip"]
    roses = {name: data for name, data in GOOD.items() if name.startswith("rose")}
    said = refused(write_zip(tmp_path / "b.zip", roses | {"tulip/x.png": b"text"}))
    assert said.startswith(own_images.ONE_CLASS.format(name="rose"))
    assert NO_CLASSES in refused(write_zip(tmp_path / "c.zip", {"a.png": picture(1)}))
    assert own_images.NONE_READ in refused(write_zip(tmp_path / "d.zip", {"a/b.png": b"1", "c/d.png": b"2"}))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "flowers.zip"
    file.write_bytes(b"this is a text")
    assert refused(file) == f"{NO_ARCHIVE.format(name=file.name)}."
    whole = write_zip(tmp_path / "whole.zip", GOOD).read_bytes()
    file.write_bytes(b"x" * 100 + whole[len(whole) // 2 :])
    assert DAMAGED_MEMBER in refused(file)
    assert refused(tmp_path / "missing.zip") == f"{NO_ARCHIVE.format(name='missing.zip')}."


def test_copies_are_left_out_so_that_none_is_in_both_parts(tmp_path: Path) -> None:
    doubled = GOOD | {name.replace(".png", "-copy.png"): data for name, data in GOOD.items()}
    arrays, facts = read(write_zip(tmp_path / "doubled.zip", doubled))
    assert found(facts)["copies"]["count"] == 20
    assert pictures(facts) == 20
    train = {image.tobytes() for image in arrays["train_images"]}
    assert not any(image.tobytes() in train for image in arrays["test_images"])


def test_sizes_that_differ_become_one(tmp_path: Path) -> None:
    files = GOOD | {"rose/wide.png": picture(9, (40, 20))}
    arrays, facts = read(write_zip(tmp_path / "sizes.zip", files))
    assert arrays["train_images"].shape[1:] == (32, 32, 3)
    assert facts["report"]["size"] == 32
    assert read(write_zip(tmp_path / "asked.zip", files), 16)[0]["train_images"].shape[1:] == (16, 16, 3)


def test_grey_stays_grey_and_one_colour_picture_colours_all(tmp_path: Path) -> None:
    grey = class_folders(mode="L")
    arrays, facts = read(write_zip(tmp_path / "grey.zip", grey))
    assert facts["dataset"]["channels"] == 1
    assert images_of(arrays) == {decoded(data)[..., :1].tobytes() for data in grey.values()}
    arrays, facts = read(write_zip(tmp_path / "mixed.zip", grey | {"rose/colour.png": picture(1)}))
    assert facts["dataset"]["channels"] == 3
    assert arrays["train_images"].shape[3] == 3


def test_a_huge_picture_among_others_is_named(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("1", (8000, 8000)).save(file, "PNG")
    _, facts = read(write_zip(tmp_path / "huge.zip", GOOD | {"rose/huge.png": file.getvalue()}))
    assert skipped(facts) == {"rose/huge.png": f"has more than {MOST_PIXELS:,} pixels"}


def test_a_source_lists_nothing_outside_of_it(tmp_path: Path) -> None:
    with open_source(write_folder(tmp_path / "flowers", GOOD)) as source:
        assert sorted(str(member.path) for member in source.members) == sorted(GOOD)
        assert all(member.read() == GOOD[str(member.path)] for member in source.members)
