"""The glossary: whole, and its links stand once, at the first place, and nowhere that Markdown would break."""

import re

import pytest

from explorer.language.catalogues import SOURCE
from explorer.ui.common.glossary import ADDRESS, glossary, with_terms
from explorer.ui.common.paths import ASSETS
from explorer.ui.labs.shared import text

LINK = re.compile(rf"\[([^\]]*)\]\({ADDRESS}([a-z_]+)\)")
TEXTS = sorted(path.stem for path in (ASSETS / "text" / SOURCE / "labs").glob("*.md"))


def test_terms_are_in_order_and_each_form_means_one_thing() -> None:
    titles = [term.title.lower() for term in glossary()]
    assert titles == sorted(titles)
    forms = [form.lower() for term in glossary() for form in term.forms]
    assert len(forms) == len(set(forms))
    assert all(term.definition.endswith(".") for term in glossary())


@pytest.mark.parametrize("name", TEXTS)
def test_the_links_of_a_text_are_its_words(name: str) -> None:
    known = {term.name: term for term in glossary()}
    for section in text.sections(name).values():
        marked = with_terms(section)
        assert LINK.sub(r"\1", marked) == section
        linked = [found[2] for found in LINK.finditer(marked)]
        assert len(linked) == len(set(linked)), "a term is linked once"
        for found in LINK.finditer(marked):
            assert found[1].lower() in map(str.lower, known[found[2]].forms)


@pytest.mark.parametrize(
    "closed",
    ["$branch$", "$$\nblock\n$$", "`stride`", "[a block](/labs)", "**Shortcut**", "### Stages", "| block | stage |"],
)
def test_formulas_code_links_bold_words_headings_and_tables_stay(closed: str) -> None:
    assert with_terms(closed) == closed


def test_the_first_place_is_linked_by_the_longest_form() -> None:
    assert with_terms("A plain network; plain networks.") == "A [plain network](#term-plain); plain networks."
    assert with_terms("Batch normalisation.") == "[Batch normalisation](#term-batch_normalisation)."
    assert with_terms("ablock, blockade, sub-block") == "ablock, blockade, sub-block"
