"""The Markdown texts of each language say what the English ones say, as far as a program can tell."""

import re
from collections import Counter
from functools import cache

import pytest
from babel.messages.catalog import Message

from explorer.language import speaking
from explorer.language.catalogues import SOURCE, languages, read
from explorer.ui.common.glossary import Term, glossary, with_terms
from explorer.ui.common.texts import text_of
from tests.texts import markdown_texts, numbers

TRANSLATED = [(language, file) for language, file in markdown_texts() if language != SOURCE]
PARTS = re.compile(r"^(<!-- .+ -->|## .+)$", re.MULTILINE)
"""Heads of sections, and of Train's hints: keys, which are not translated."""
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.DOTALL)
LINK_OR_CODE = re.compile(r"\]\([^)]*\)|`[^`]*`")
BOLD_OR_ITALIC = re.compile(r"\*\*|(?<!\*)\*(?!\*)")
BILLIONS = {"zh_CN": (r"(\d+)0 亿", r"\1 billion")}
"""How a language writes billions, where not by the same number, and the English way."""
MEANS_MORE = {"activation", "identity", "stride"}
"""Words of the glossary that texts also use otherwise: activations are values, too, and layers stride."""


@cache
def _parts(language: str, file: str) -> dict[str, str]:
    with speaking(language):
        first, *pieces = PARTS.split(text_of(file))
    names = pieces[::2]
    if file.startswith("lessons/"):  # whose steps have titles: they stand in the same order
        texts = zip(["", *names], [first, *pieces[1::2]], strict=True)
        return {str(number): "".join(text) for number, text in enumerate(texts)}
    return {"": first, **dict(zip(names, pieces[1::2], strict=True))}


def _numbers(text: str, language: str) -> Counter[str]:
    return Counter(numbers(re.sub(*BILLIONS[language], text) if language in BILLIONS else text))


@pytest.mark.parametrize(("language", "file"), [each for each in TRANSLATED if each[1] != "glossary"])
def test_a_translation_has_the_same_numbers_formulas_links_and_marks(language: str, file: str) -> None:
    english, own = _parts(SOURCE, file), _parts(language, file)
    assert list(own) == list(english)
    for name, text in english.items():
        outside = FORMULA.sub(" ", text), FORMULA.sub(" ", own[name])
        assert _numbers(outside[1], language) == _numbers(outside[0], SOURCE), name
        for marks in FORMULA, LINK_OR_CODE, BOLD_OR_ITALIC:
            found = [Counter("".join(mark.split()) for mark in marks.findall(each)) for each in (text, own[name])]
            assert found[1] == found[0], name


@pytest.mark.parametrize(("language", "file"), TRANSLATED)
def test_marks_of_bold_and_italic_words_are_no_text(language: str, file: str) -> None:
    """Markdown ends no emphasis between a punctuation mark, such as a term's bracket, and a letter."""
    for name, text in _parts(language, file).items():
        with speaking(language):
            shown = with_terms(text)
        for before, inside, after in re.findall(r"(?s)(.|^)(?<!\*)\*{1,2}([^*]+)\*{1,2}(?!\*)(.|$)", shown):
            assert inside == inside.strip(), (name, inside)
            assert inside[0].isalnum() or not before.isalnum(), (name, before + inside)
            assert inside[-1].isalnum() or not after.isalnum(), (name, inside + after)


@pytest.mark.parametrize("language", [language for language in languages() if language != SOURCE])
def test_messages_use_the_words_of_the_glossary(language: str) -> None:
    english = {term.name: term for term in glossary()}
    with speaking(language):
        own = {term.name: term for term in glossary()}
    assert list(own) == list(english)
    found = [
        (name, message.id)
        for message in read(language)
        for name in set(english) - MEANS_MORE
        if _says(message, english[name]) and not any(form in _last(message.string) for form in own[name].forms)
    ]
    assert found == []


def _says(message: Message, term: Term) -> bool:
    """Whether an English message has a word of a term, outside of values and code."""
    text = re.sub(r"\{[^{}]*\}|`[^`]*`", " ", _last(message.id))
    return re.search(rf"(?i)(?<![\w-])(?:{'|'.join(map(re.escape, term.forms))})(?![\w-])", text) is not None


def _last(forms: str | tuple[str, ...]) -> str:
    return forms if isinstance(forms, str) else forms[-1]
