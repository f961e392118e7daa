"""The glossary: whole, and its links stand once, at the first place, and nowhere that Markdown would break."""

import re

import pytest

from explorer.language import speaking
from explorer.language.catalogues import SOURCE, languages
from explorer.ui.common.glossary import ADDRESS, glossary, with_terms
from explorer.ui.common.texts import sections_of
from tests.texts import markdown_texts

LINK = re.compile(rf"\[([^\]]*)\]\({ADDRESS}([a-z_]+)\)")


@pytest.mark.parametrize("language", languages())
def test_terms_are_in_order_and_each_form_means_one_thing(language: str) -> None:
    with speaking(language):
        terms = glossary()
    titles = [term.title.lower() for term in terms]
    assert titles == sorted(titles) or language != SOURCE, "others keep the English order"
    forms = [form.lower() for term in terms for form in term.forms]
    assert len(forms) == len(set(forms))
    assert all(term.definition.endswith((".", "。")) for term in terms)


@pytest.mark.parametrize(("language", "file"), markdown_texts("labs"))
def test_the_links_of_a_text_are_its_words(language: str, file: str) -> None:
    with speaking(language):
        known = {term.name: term for term in glossary()}
        texts = {section: with_terms(section) for section in sections_of(file).values()}
    for section, marked in texts.items():
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
