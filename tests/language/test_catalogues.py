"""The catalogues are those of the sources, whole, with the same values as the English texts."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from explorer.language.catalogues import FOLDER, MESSAGES, SOURCE, files_of, languages, read
from scripts.messages import KEYWORDS, ROOT, files, template, untranslated

LANGUAGES = [language for language in languages() if language != SOURCE]
PLACE = re.compile(r"\{[^{}]*\}")
SOURCES = [*(ROOT / "explorer").rglob("*.py"), *(ROOT / "pages").glob("*.py")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogues_hold_the_texts_of_the_sources(language: str) -> None:
    wanted = files(language, template())
    assert {path: path.read_bytes() for path in files_of(language)} == wanted, "run python -m scripts.messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    assert [message.id for message in untranslated(read(language))] == []
    assert not any(message.fuzzy for message in read(language) if message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_same_values_and_marks(language: str) -> None:
    assert [message.id for message in read(language) if message.id and not _fits(message)] == []


def _fits(message: Message) -> bool:
    """Whether each form has the values of the English form with the most, and its code, formulas and icons."""
    texts = message.id if isinstance(message.id, tuple) else (message.id,)
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(_marks(form) == _marks(texts[-1]) for form in forms)


def _marks(text: str) -> list[str]:
    return sorted(re.findall(r"\{[^{}]*\}|`[^`]*`|\$[^$]+\$|:material/\w+:|\]\([^)]*\)|^#+ ", text, re.MULTILINE))


def test_only_texts_as_they_stand_are_passed() -> None:
    """A text that is put together first is no text of the catalogue."""
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                found += [f"{path.relative_to(ROOT)}:{node.lineno}" for text in node.args if _is_made(text)]
    assert found == []


def _is_made(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr | ast.BinOp)


def test_no_function_that_translates_names_something_else_so() -> None:
    """A function that binds `_`, as loops do for what they do not need, cannot call the translation of that name."""
    found = []
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for scope in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)):
            names = [node for node in ast.walk(scope) if isinstance(node, ast.Name) and node.id == "_"]
            if {type(name.ctx) for name in names} >= {ast.Load, ast.Store}:
                found.append(f"{path.relative_to(ROOT)}:{scope.lineno}")
    assert found == []


def test_a_language_is_a_folder_with_texts_that_english_has() -> None:
    texts = ROOT / "assets" / "text"
    assert {path.parent.name for path in FOLDER.glob(f"*/{MESSAGES}")} == set(LANGUAGES)
    for language in LANGUAGES:
        own = {path.relative_to(texts / language) for path in (texts / language).rglob("*.md")}
        assert own <= {path.relative_to(texts / SOURCE) for path in (texts / SOURCE).rglob("*.md")}


def test_extraction_finds_each_way_of_marking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.messages.ROOT", tmp_path)
    (tmp_path / "explorer" / "ui" / "build").mkdir(parents=True)
    (tmp_path / "explorer" / "ui" / "build" / "page.py").write_text(
        '_("a"); N_("b"); sentence("c {d}", d=1); ngettext("e", "es", 2); counted("f", "fs", count=1)\n'
        'pgettext("here", "g"); _(h); _("i"\n "j")\n'
        "f\"{_('k')} l\"\n"
    )
    found = {(message.id, message.context) for message in template() if message.locations}
    plain = {(text, None) for text in ("a", "b", "c {d}", ("e", "es"), ("f", "fs"), "ij", "k")}
    assert found == plain | {("g", "here")}
