"""The command line, in process and as a program: a contract."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from explorer.cli.main import main
from explorer.model import PRESETS, ModelSpec, assemble, preset
from explorer.outputs import describe, generate_code
from explorer.outputs.drawing.dot import dot_source
from explorer.outputs.formatting import FLOPS
from tests.texts import numbers

ROOT = Path(__file__).parents[2]
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


def program(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-m", "explorer", *arguments], cwd=ROOT, capture_output=True, check=False)


def test_presets_one_a_line(printed):
    assert printed("presets").split("\n") == [*PRESETS, ""]


def test_presets_as_json(printed):
    rows = json.loads(printed("presets", "--format", "json"))
    assert [row["name"] for row in rows] == list(PRESETS)
    assert all(row["title"] and row["source"] for row in rows)


@pytest.mark.parametrize("name", ["resnet50", "cifar_plain20"])
def test_describe_as_json_is_what_python_gives(printed, name: str):
    assert json.loads(printed("describe", name, "--format", "json")) == json.loads(json.dumps(describe(preset(name))))


def test_describe_at_another_size(printed):
    values = json.loads(printed("describe", "resnet18", "--image-size", "64", "--format", "json"))
    assert values["spec"]["image_size"] == 64
    assert values["stages"][-2]["output_shape"] == [512, 2, 2]
    assert values["totals"]["params"] == 11_689_512
    assert values["totals"]["tensors"] == 62


def test_describe_a_spec(printed):
    values = json.loads(printed("describe", '{"preset": "resnet50", "stride_on": "1x1"}', "--format", "json"))
    assert values["totals"]["macs"] == 3_857_973_248


def test_describe_as_text_holds_totals_stages_and_layers(printed):
    text = printed("describe", "resnet50")
    for text_part in (
        "Totals",
        "25,557,032",
        "4,089,184,256",
        FLOPS,
        "Stages",
        "Layers",
        "layer4.2.conv3",
    ):
        assert text_part in text


def test_describe_as_csv_is_one_table(printed):
    rows = list(csv.DictReader(io.StringIO(printed("describe", "resnet50", "--format", "csv"))))
    assert sum(int(row["params"]) for row in rows) == 25_557_032
    assert rows[-1]["path"] == "fc"


def test_rows_and_columns_can_be_chosen(printed):
    text = printed("describe", "resnet50", "--rows", "stages", "--columns", "name, macs", "--format", "csv")
    assert text.splitlines()[:2] == ["name,macs", "stem,118013952"]


@pytest.mark.parametrize(("name", "mark"), [("markdown", "| ---"), ("latex", "\\begin{tabular}")])
def test_describe_for_papers(printed, name: str, mark: str):
    assert mark in printed("describe", "cifar_resnet20", "--format", name)


@pytest.mark.parametrize("level", ["stage", "block", "op"])
def test_draw_prints_dot(level: str, capfdbinary: pytest.CaptureFixture[bytes]):
    assert main(["draw", "resnet18", "--level", level, "--format", "dot"]) == 0
    assert capfdbinary.readouterr().out.decode() == dot_source(assemble(preset("resnet18")), level)


def test_draw_into_a_file_takes_the_format_from_its_name(printed, tmp_path: Path):
    target = tmp_path / "net.dot"
    assert printed("draw", "cifar_plain20", "-o", str(target)) == ""
    assert target.read_text(encoding="utf-8") == dot_source(assemble(preset("cifar_plain20")), "block")


@needs_dot
@pytest.mark.parametrize(("ending", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_draw_pictures(printed, tmp_path: Path, ending: str, magic: bytes):
    target = tmp_path / f"net.{ending}"
    printed("draw", "resnet18", "-o", str(target))
    assert target.read_bytes().startswith(magic)


def test_draw_the_overview_in_the_dark(capfdbinary: pytest.CaptureFixture[bytes]):
    assert main(["draw", "resnet18", "--level", "overview", "--theme", "dark"]) == 0
    out = capfdbinary.readouterr().out
    assert out.startswith(b"<svg")
    assert b"#0F1A23" in out


def test_compare(printed):
    text = printed("compare", "resnet50", "resnext50_32x4d", "wide_resnet50_2")
    for text_part in ("cardinality", "base_width", "25,028,904", "68,883,240", "× 0.979"):
        assert text_part in text
    assert "stage_blocks" not in text


def test_compare_as_json(printed):
    values = json.loads(printed("compare", "cifar_resnet20", "cifar_plain20", "--format", "json"))
    assert values["fields"] == {"shortcut": ["pad", "none"]}
    assert values["totals"]["params"] == {"values": [269_722, 269_722], "ratios": [1.0, 1.0]}


def test_compare_calls_a_spec_by_what_it_changes(printed):
    values = json.loads(printed("compare", '{"cardinality": 2}', '{"cardinality": 4}', "--format", "json"))
    assert values["models"] == ["spec[cardinality=2]", "spec[cardinality=4]"]


def test_code_is_what_python_gives(printed):
    assert printed("code", "cifar_resnet20").rstrip() == generate_code(preset("cifar_resnet20")).rstrip()


BAD = {
    "unknown preset": (["describe", "nosuch"], "preset"),
    "size too large": (["describe", "resnet50", "--image-size", "99999"], "image_size"),
    "size no number": (["draw", "resnet50", "--image-size", "wide"], "image_size"),
    "unknown field": (["describe", '{"depth": 3}'], "depth"),
    "wrong value": (["describe", '{"preset": "resnet50", "norm": "spectral"}'], "norm"),
    "no JSON": (["describe", "{"], "spec"),
    "no file": (["code", "nosuch.json"], "model"),
    "too many nodes": (["draw", "cifar_resnet1202", "--level", "op"], "level"),
    "nowhere to write": (["draw", "resnet18", "-o", "/nosuch/folder/net.dot"], "output"),
    "overview is no dot": (["draw", "resnet18", "--level", "overview", "--format", "dot"], "format"),
    "one model": (["compare", "resnet18"], "models"),
    "too many models": (["compare", *["resnet18"] * 13], "models"),
    "no such setting": (["solve", "resnet50", "--turn", "colour"], "--turn"),
    "one setting for both": (["solve", "resnet50", "--turn", "depth", "--for", "depth"], "depth"),
    "no value of the setting": (["solve", "resnet50", "--to", "2,two"], "to"),
    "value too large": (["solve", "resnet50", "--to", "9999"], "to"),
    "too many values": (["solve", "resnet50", "--to", ",".join("1" * 65)], "to"),
    "no network at the value": (["solve", "resnet50", "--turn", "depth", "--to", "3", "--for", "width"], "depth"),
    "sweep backwards": (["sweep", "resnet50", "--from", "9", "--to", "4"], "to"),
    "sweep from nothing": (["sweep", "resnet50", "--from", "0"], "from"),
    "sweep without a network": (["sweep", "resnet50", "--turn", "depth", "--to", "3"], "depth"),
    "too many swept": (["sweep", *["resnet18"] * 13], "models"),
    "columns without rows": (["describe", "resnet18", "--columns", "path"], "columns"),
    "unknown column": (["describe", "resnet18", "--rows", "stages", "--columns", "path"], "columns"),
    "unknown format": (["describe", "resnet18", "--format", "xml"], "--format"),
    "unknown command": (["paint", "resnet18"], "COMMAND"),
    "nothing": ([], "COMMAND"),
    "no model": (["describe"], "MODEL"),
    "unknown option": (["describe", "resnet18", "--loud"], "--loud"),
    "line breaks": (["describe", "wide\nopen.json"], "model"),
}


@pytest.mark.parametrize(("arguments", "field"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line_that_names_the_field(
    arguments: Sequence[str], field: str, capsys: pytest.CaptureFixture[str]
):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("error: ")
    assert field in err
    assert len(err) < 1000


def test_without_graphviz_a_picture_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("PATH", "")
    assert main(["draw", "resnet18", "--format", "png", "-o", "net.png"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "--format dot" in err


def test_a_picture_is_not_thrown_at_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("explorer.outputs.drawing.picture_files.render", lambda source, file_format: b"")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["draw", "resnet18", "--format", "png"]) == 2
    assert "-o FILE" in capsys.readouterr().err


def test_help_tells_every_command(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    out = capsys.readouterr().out
    assert all(name in out for name in ("presets", "describe", "draw", "compare", "code", "solve", "sweep", "train"))


def test_ctrl_c_leaves_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def interrupted(text: str) -> ModelSpec:
        raise KeyboardInterrupt

    monkeypatch.setattr("explorer.cli.commands.load_model", interrupted)
    assert main(["describe", "resnet18"]) == 130
    assert capsys.readouterr() == ("", "")


# As a program -------------------------------------------------------------------------------------------------------


def test_the_program_describes():
    done = program("describe", "resnet18", "--format", "json")
    assert done.returncode == 0
    assert done.stderr == b""
    assert json.loads(done.stdout)["totals"]["params"] == 11_689_512


def test_the_program_refuses_in_one_line():
    done = program("describe", "resnet50", "--image-size", "99999")
    assert done.returncode == 2
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("error: image_size: ")
    assert numbers(line) == ["99999", "4", "8,192"]


def test_a_reader_that_has_seen_enough_is_no_error():
    with subprocess.Popen(
        [sys.executable, "-m", "explorer", "describe", "cifar_resnet1202"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"Totals\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        # 0 where Python noticed nothing, since the pipe was closed in the middle of its only write.
        assert process.wait(timeout=60) in {0, 141}


def test_a_closed_pipe_is_quiet(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    def closed(text: str) -> ModelSpec:
        raise BrokenPipeError

    monkeypatch.setattr("explorer.cli.commands.load_model", closed)
    kept = os.dup(1)
    try:
        assert main(["describe", "resnet18"]) == 141
    finally:
        os.dup2(kept, 1)
        os.close(kept)
    assert capfd.readouterr() == ("", "")


def test_a_terminal_without_unicode_gets_question_marks():
    done = subprocess.run(
        [sys.executable, "-m", "explorer", "describe", "cifar_resnet20", "--rows", "stages"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert b"16 ? 32 ? 32" in done.stdout


def test_fast_commands_load_neither_torch_nor_tables_nor_the_store():
    heavy = "{'torch', 'pandas', 'numpy', 'streamlit', 'sqlalchemy', 'graphviz', 'sklearn'}"
    loaded = f"print(sorted({heavy} & set(sys.modules)), file=sys.stderr); "
    code = (
        "import sys; from explorer.cli.main import main; "
        f"main(['describe', 'resnet18']); main(['compare', 'resnet18', 'resnet34']); {loaded}"
        f"main(['draw', 'resnet18']); {loaded}"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stderr.decode().splitlines() == ["[]", "['graphviz']"]
