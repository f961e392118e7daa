"""A language of the tests' own beside those of the app: Esperanto, `eo`."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from explorer.language import catalogues
from explorer.ui.common import texts
from scripts.messages import as_file

Messages = Mapping[str | tuple[str, str], str | tuple[str, str]]


def forget() -> None:
    """Has the languages looked up anew."""
    for kept in (catalogues.languages, catalogues.catalogue, texts.text_of, texts.sections_of):
        kept.cache_clear()  # type: ignore[attr-defined]


class Toy:
    """The folder of the toy language."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "eo" / catalogues.MESSAGES / "ui.po"
        self._file.parent.mkdir(parents=True)
        self.write({})

    def write(self, messages: Messages) -> None:
        """Gives the language these messages and no other ones."""
        catalog = Catalog(locale="eo")
        for text, translation in messages.items():
            catalog.add(text, translation)
        self._file.write_bytes(as_file(catalog))
        forget()


@pytest.fixture
def toy_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Toy]:
    """An empty catalogue of a language that only this test has; the app's own ones stay."""
    shutil.copytree(catalogues.FOLDER, tmp_path / "locale")
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path / "locale")
    yield Toy(tmp_path / "locale")
    monkeypatch.undo()
    forget()
