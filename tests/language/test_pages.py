"""Every page in a made-up language: a word in Latin letters that is no name has not been translated."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Dataframe

from explorer.language import catalogues
from explorer.ui.build.view_options import VIEWS as VIEW_NAMES
from explorer.ui.common import texts
from explorer.ui.figures import page as figures
from explorer.ui.labs.registry import LABS
from tests.language import pseudo
from tests.language.toy import forget
from tests.pages.conftest import Bench, bench, steady_speed
from tests.pages.test_figures import WEIGHTS

__all__ = ["bench", "steady_speed"]

NAMES = frozenset((Path(__file__).parent / "names.txt").read_text(encoding="utf-8").split())
"""Names of networks, papers and programs, units and code: they are written alike in every language."""
Place = tuple[str, dict[str, str]]
"""A page's file and what its address says."""
NETWORK = {"preset": "resnet18"}
FIRST_PARTS: list[Place] = [("labs", {"lab": lab.name}) for lab in LABS.values()]
OTHER_PARTS: list[Place] = [
    ("labs", {"lab": lab.name, "part": part.name}) for lab in LABS.values() for part in lab.parts[1:]
]
VIEWS: list[Place] = [("build", {**NETWORK, "tab": view}) for view in VIEW_NAMES]
PAGES: list[Place] = [
    ("start", {}),
    *(("lesson", {"step": step}) for step in ("worse", "sum", "chain", "race", "damage", "on")),
    ("build", {"preset": "seresnext50_32x4d", "num_classes": "10", "cardinality": "7"}),
    ("compare", {}),
    ("compare", {"show": "solver"}),
    ("train", {}),
    ("runs", {}),
    ("figures", {}),
    ("lessons", {}),
    ("class", {}),
    ("start", {"lesson": "degradation", "step": "1"}),
]


@pytest.fixture(scope="module")
def made_up_language(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("language")
    pseudo.write_catalogue(folder / "locale")
    shutil.copytree(texts.FOLDER, folder / "text")
    pseudo.write_texts(texts.FOLDER / "en", folder / "text" / pseudo.LANGUAGE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogues, "FOLDER", folder / "locale")
        patch.setattr(texts, "FOLDER", folder / "text")
        forget()
        yield
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
            elif isinstance(node, Dataframe):
                found += pseudo.table_texts(node.value, message.columns)
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


def _named(place: Place) -> str:
    page, query = place
    return "-".join([page, *query.values()])


@pytest.mark.parametrize("place", [*PAGES, *VIEWS, *FIRST_PARTS], ids=_named)
def test_every_text_of_a_page_is_translated(
    bench: Bench, made_up_language: None, monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    # torchvision's table comes from a child process.
    monkeypatch.setattr(figures, "published_weights", lambda: (WEIGHTS,))
    page, query = place
    app = bench.open(page, lang=pseudo.LANGUAGE, **query)
    assert not app.exception
    assert not seen(app)


@pytest.mark.slow
@pytest.mark.parametrize("place", OTHER_PARTS, ids=_named)
def test_every_text_of_a_labs_other_parts_is_translated(
    bench: Bench, made_up_language: None, monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    test_every_text_of_a_page_is_translated(bench, made_up_language, monkeypatch, place)
