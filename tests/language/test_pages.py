"""Every page in a made-up language: a word in Latin letters that is no name has not been translated."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.language import catalogues
from explorer.ui.common import texts
from tests.language import pseudo
from tests.language.toy import forget
from tests.pages.conftest import Bench, bench, steady_speed

__all__ = ["bench", "steady_speed"]

NAMES = frozenset((Path(__file__).parent / "names.txt").read_text(encoding="utf-8").split())
"""Names of networks, papers and programs, units and code: they are written alike in every language."""
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "start": ("start", {}),
    **{f"lesson {step}": ("lesson", {"step": step}) for step in ("worse", "sum", "chain", "race", "damage", "on")},
}
"""The pages whose texts are all marked; the others join them as their rooms are done."""


@pytest.fixture
def made_up_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pseudo.write_catalogue(tmp_path / "locale")
    shutil.copytree(texts.FOLDER, tmp_path / "text")
    pseudo.write_texts(texts.FOLDER / "en", tmp_path / "text" / pseudo.LANGUAGE)
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path / "locale")
    monkeypatch.setattr(texts, "FOLDER", tmp_path / "text")
    forget()
    yield
    monkeypatch.undo()
    forget()


def seen(app: AppTest) -> set[str]:
    """The words of a page that are neither translated nor names."""
    found: list[str] = []
    for element in app.main, app.sidebar:
        for node in _nodes(element):
            if (message := getattr(node, "proto", None)) is None:
                continue
            if (spec := getattr(message, "spec", "")) and spec.startswith("{"):
                found += pseudo.plotly_texts(json.loads(spec))
            elif node.type not in {"html", "component", "bidi_component"}:
                found += pseudo.texts_of(message)
    return {word for text in found for word in pseudo.words(text, NAMES)}


def _nodes(block: object) -> Iterator[object]:
    yield block
    for child in getattr(block, "children", {}).values():
        yield from _nodes(child)


def test_the_made_up_language_keeps_what_a_translation_keeps() -> None:
    assert pseudo.pseudo("Has `code`, {count:,} of $x$ at [a](/b) :material/x:") == (
        "Ｈａｓ `code`, {count:,} ｏｆ $x$ ａｔ [ａ](/b) :material/x:"
    )
    assert set(pseudo.words("Ｈａｓ a ResNet and `code` in KiB", frozenset({"ResNet", "KiB"}))) == {"and", "in"}


@pytest.mark.parametrize("name", PAGES)
def test_every_text_of_a_page_is_translated(bench: Bench, made_up_language: None, name: str) -> None:
    page, query = PAGES[name]
    app = bench.open(page, lang=pseudo.LANGUAGE, **query)
    assert not app.exception
    found = seen(app)
    assert not found, f"{name}: {sorted(found)}"
