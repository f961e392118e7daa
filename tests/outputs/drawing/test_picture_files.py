"""Picture files: what is written, and what is said where it cannot be."""

import shutil

import pytest

from explorer.model import assemble, preset
from explorer.outputs.drawing.dot import DrawingError
from explorer.outputs.drawing.picture_files import FORMATS, draw, render, render_svg

GRAPH = assemble(preset("cifar_resnet20"))
MAGIC = {"svg": b"<?xml", "png": b"\x89PNG\r\n", "pdf": b"%PDF-"}
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


@needs_dot
@pytest.mark.parametrize("file_format", MAGIC)
@pytest.mark.parametrize("level", ["stage", "block", "op"])
def test_pictures_by_graphviz(level: str, file_format: str):
    assert draw(GRAPH, level, file_format).startswith(MAGIC[file_format])


def test_the_overview_as_svg_needs_no_program(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    assert draw(GRAPH, "overview", "svg").startswith(b"<svg")


@pytest.mark.parametrize("file_format", ["png", "pdf"])
def test_the_overview_as_picture(file_format: str):
    pytest.importorskip("cairosvg", reason="CairoSVG is not installed", exc_type=(ImportError, OSError))
    assert draw(GRAPH, "overview", file_format).startswith(MAGIC[file_format])


def test_the_overview_is_no_dot():
    with pytest.raises(DrawingError, match=r"'dot'.*svg.*png.*pdf") as caught:
        draw(GRAPH, "overview", "dot")
    assert caught.value.field == "format"


def test_without_cairo_svg_remains(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "cairosvg", None)
    with pytest.raises(DrawingError, match="svg works without"):
        render_svg("<svg/>", "png")
    assert render_svg("<svg/>", "svg") == b"<svg/>"


@pytest.mark.parametrize("file_format", ["svg", "png", "pdf"])
def test_without_graphviz_it_says_how_to_install_and_what_works(monkeypatch: pytest.MonkeyPatch, file_format: str):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DrawingError, match=r"install graphviz\b.*--format dot") as caught:
        draw(GRAPH, "block", file_format)
    assert caught.value.field == "format"
    assert draw(GRAPH, "block", "dot").startswith(b"digraph")


def test_an_unknown_format():
    with pytest.raises(DrawingError, match=f"^format: 'bmp'.*{', '.join(FORMATS)}"):
        draw(GRAPH, "block", "bmp")


@needs_dot
def test_what_dot_refuses_is_told():
    with pytest.raises(DrawingError, match=r"^format: .*syntax error"):
        render("digraph {", "svg")


@needs_dot
def test_dot_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.outputs.drawing.picture_files.SECONDS", 0.0)
    with pytest.raises(DrawingError, match="coarser level"):
        draw(GRAPH, "op", "svg")
