"""Texts in the present language: looked up, with their values, as sentences that travel, and kept apart by language."""

import pickle
from threading import Thread

import pytest

from explorer.jobs.codec import from_line, from_plain, to_line
from explorer.language import N_, Sentence, _, counted, ngettext, present, sentence, speaking
from explorer.language.catalogues import best, catalogue, languages
from explorer.language.numbers import moment, written
from explorer.language.present import kept_by_language, speak
from explorer.model.errors import SpecError
from tests.language.toy import Toy, toy_language

__all__ = ["toy_language"]

LANGUAGE = N_("Language")


def test_english_needs_no_catalogue(toy_language: Toy) -> None:
    assert (_("Start"), _(""), present()) == ("Start", "", "en")
    assert ngettext("{count} layer", "{count} layers", 1) == "{count} layer"


def test_a_text_is_that_of_the_present_language_or_as_it_stands(toy_language: Toy) -> None:
    toy_language.write({"Start": "Komenco", ("{count} layer", "{count} layers"): ("{count} tavolo", "{count} tavoloj")})
    with speaking("eo"):
        assert (_("Start"), _("Not there"), _("")) == ("Komenco", "Not there", "")
        assert ngettext("{count} layer", "{count} layers", 3).format(count=3) == "3 tavoloj"
    assert _("Start") == "Start"


def test_a_sentence_is_translated_where_it_is_shown(toy_language: Toy) -> None:
    toy_language.write(
        {
            "{field} has {layers}.": "{layers} en {field}.",
            "Depth": "Profundo",
            ("{count} layer", "{count} layers"): ("{count} tavolo", "{count} tavoloj"),
        }
    )
    layers = counted("{count} layer", "{count} layers", count=2)
    told = sentence("{field} has {layers}.", field=sentence("Depth"), layers=layers)
    error = SpecError("depth", told)
    assert (str(told), error.message) == ("Depth has 2 layers.", "Depth has 2 layers.")
    with speaking("eo"):
        assert (str(told), error.message) == ("2 tavoloj en Profundo.", "2 tavoloj en Profundo.")
        assert str(ValueError(told)) == "2 tavoloj en Profundo."
        travelled = [from_plain(Sentence, from_line(to_line(told))), pickle.loads(pickle.dumps(told))]
        assert [str(each) for each in travelled] == 2 * ["2 tavoloj en Profundo."]
        assert pickle.loads(pickle.dumps(error)).message == error.message


def test_values_are_not_taken_for_templates() -> None:
    assert str(sentence("{name} is empty.", name="{count}.zip")) == "{count}.zip is empty."
    assert str(sentence("A set {1, 2}")) == "A set {1, 2}"


def test_another_thread_begins_in_english(toy_language: Toy) -> None:
    found: list[str] = []
    with speaking("eo"):
        thread = Thread(target=lambda: found.append(present()))
        thread.start()
        thread.join()
    assert found == ["en"]


def test_results_are_kept_by_language(toy_language: Toy) -> None:
    calls: list[str] = []

    @kept_by_language(maxsize=8)
    def greeting(name: str) -> str:
        calls.append(name)
        return f"{present()} {name}"

    def both() -> list[str]:
        with speaking("eo"):
            other = greeting("x")
        return [greeting("x"), other]

    assert [both(), both()] == [["en x", "eo x"], ["en x", "eo x"]]
    assert calls == ["x", "x"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["zh-CN"], "zh_CN"),
        (["zh"], "zh_CN"),
        (["zh-Hans-CN", "en"], "zh_CN"),
        (["de-DE", "en-GB"], "en"),
        ([None, "", "ZH_cn"], "zh_CN"),
        (["xx", "../zh_CN", "zhx"], None),
    ],
)
def test_the_first_wanted_language_that_there_is(wanted: list[str | None], found: str | None) -> None:
    assert best(wanted) == found


def test_each_language_says_its_own_name() -> None:
    assert languages() == {"en": "English", "zh_CN": "简体中文"}


def test_numbers_and_dates_are_written_by_the_language(toy_language: Toy) -> None:
    assert (written("1,234.5"), moment(0.0)[:11]) == ("1,234.5", "Jan 1, 1970")
    with speaking("zh_CN"):
        assert (written("1,234.5"), moment(0.0)[:9]) == ("1,234.5", "1970年1月1日")
    with speaking("eo"):
        assert written("1,234.5") == "1\u202f234,5"


def test_a_language_is_compiled_once() -> None:
    assert catalogue("zh_CN") is catalogue("zh_CN")
    speak("en")
