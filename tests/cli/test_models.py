"""What MODEL may be, and the sentence for what it may not."""

import errno
import os
from pathlib import Path

import pytest

from explorer.cli.models import NO_FILE, NOT_TEXT, labels_of, load_model, with_image_size
from explorer.model import ModelSpec, SpecError, preset
from explorer.model.json_reader import LONGEST_JSON


def test_a_presets_name():
    assert load_model("cifar_resnet56") == preset("cifar_resnet56")


def test_json_inline_may_start_from_a_preset():
    spec = load_model(' {"preset": "resnet50", "stride_on": "1x1"}')
    assert spec == ModelSpec(stride_on="1x1")


@pytest.mark.parametrize("name", ["spec.json", "spec", "preset in a folder/net.txt"])
def test_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(preset("resnet34").to_json())
    assert load_model(name) == preset("resnet34")
    assert load_model(str(path)) == preset("resnet34")


def test_a_presets_name_wins_over_a_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("resnet18").write_text("not JSON")
    assert load_model("resnet18") == preset("resnet18")


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("resnet51", "preset", "resnet50"),
        ("", "preset", "''"),
        ("no/such/file", "model", NO_FILE.format("no/such/file")),
        ("nosuch.json", "model", NO_FILE.format("nosuch.json")),
        ("/", "model", os.strerror(errno.EISDIR)),
        ("x" * 5000, "preset", "'xxx"),
        ("a/" + "x" * 5000, "model", os.strerror(errno.ENAMETOOLONG)),
        ("a\0/b", "model", "null"),
        ("{", "spec", "not JSON"),
        ("[1, 2]", "spec", "object"),
        ('{"depth": 3}', "depth", "stage_blocks"),
        ('{"preset": "resnet50", "image_size": 99999}', "image_size", "8,192"),
        ('{"shortcut": 5}', "shortcut", "5 "),
        ('{"num_classes": ' + "9" * LONGEST_JSON + "}", "spec", f"{LONGEST_JSON:,}"),
    ],
)
def test_what_is_no_model_is_a_sentence_with_a_field(text: str, field: str, message: str):
    with pytest.raises(SpecError) as caught:
        load_model(text)
    assert caught.value.field == field
    assert message in caught.value.message
    assert len(str(caught.value)) < 300


def test_a_file_is_read_no_further_than_a_spec_can_be_long(tmp_path: Path):
    path = tmp_path / "long.json"
    path.write_text(" " * (LONGEST_JSON + 1))
    with pytest.raises(SpecError, match=rf"^model: .*{LONGEST_JSON:,}"):
        load_model(str(path))


def test_a_file_that_is_no_text(tmp_path: Path):
    path = tmp_path / "picture.json"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(SpecError, match=NOT_TEXT):
        load_model(str(path))


def test_labels_are_short_and_differ():
    wide = '{"preset": "resnet50", "base_width": 128, "stage_blocks": [1, 2]}'
    texts = ["resnet18", "resnet18", wide, wide, '{"block": "basic"}', "a/net.json", "{", "[1]", '{"preset": "vgg"}']
    assert labels_of(texts) == [
        "resnet18",
        "resnet18 (2)",
        "resnet50[base_width=128,stage_blocks=[1,2]]",
        "resnet50[base_width=128,stage_blocks=[1,2]] (2)",
        "spec[block=basic]",
        "net",
        "spec",
        "spec (2)",
        "vgg",
    ]


def test_a_long_label_is_cut():
    (label,) = labels_of(['{"stage_blocks": [' + ",".join("1" * 90) + "]}"])
    assert label.endswith("…")
    assert len(label) == 80


def test_image_size_as_typed():
    spec = preset("resnet18")
    assert with_image_size(spec, None) is spec
    assert with_image_size(spec, "64").image_size == 64


@pytest.mark.parametrize("typed", ["99999", "-1", "0", "x", "", "1e3", "9" * 5000, "2.5"])
def test_a_wrong_image_size_is_named(typed: str):
    with pytest.raises(SpecError) as caught:
        with_image_size(preset("resnet18"), typed)
    assert caught.value.field == "image_size"
    assert len(str(caught.value)) < 300
