"""Texts in the present language, and marks for texts that are translated later.

`python -m scripts.messages` collects the texts in the calls of these functions. They must stand there as they are:
values are put in by name afterwards, as in `_("{count} layers").format(count=3)`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.language.catalogues import SOURCE, catalogue
from explorer.language.present import present, speaking


def N_(text: str) -> str:  # noqa: N802 - gettext's customary name
    """Marks a text of a table that is made once, at import; it is translated where it is shown, by `_(table.label)`."""
    return text


def _(text: str) -> str:
    """The text in the present language; as it stands where the language has none."""
    language = present()
    # The empty text's translation is the catalogue's head.
    return text if language == SOURCE or not text else catalogue(language).gettext(text)


def pgettext(context: str, text: str) -> str:
    """The text in the present language, where the same English words mean something else in another context."""
    language = present()
    return text if language == SOURCE else catalogue(language).pgettext(context, text)


def ngettext(one: str, many: str, count: int) -> str:
    """The form of a text for a count, in the present language; `{count}` is put in by `.format`."""
    language = present()
    if language == SOURCE:
        return one if count == 1 else many
    return catalogue(language).ngettext(one, many, count)


@dataclass(frozen=True)
class Sentence:
    """A sentence that is translated where it is shown: errors and other messages carry it as their text.

    `str()` gives it in the present language. It travels between processes as JSON (`jobs.codec`), or pickled.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """By the names in the template; sentences among them are translated, too."""
    many: str = ""
    """The template for other counts than one, where there is a value `count`."""

    def __post_init__(self) -> None:
        values = {name: _read(value) for name, value in self.values.items()}
        object.__setattr__(self, "values", values)

    def __hash__(self) -> int:
        return hash((self.template, *self.values))

    def __str__(self) -> str:
        template = ngettext(self.template, self.many, self.values["count"]) if self.many else _(self.template)
        return template.format(**self.values) if self.values else template


Text = str | Sentence
"""A text that is shown later: marked by `N_`, or with values."""


def told(text: object) -> str:
    """A `Text`, or anything else that becomes one, in the present language."""
    return _(text) if isinstance(text, str) else str(text)


def in_source(text: Text) -> str:
    """The text in the language of the sources, as files and records have it."""
    with speaking(SOURCE):
        return told(text)


def _read(value: Any) -> Any:
    """A sentence that came as JSON is one again."""
    return Sentence(**value) if isinstance(value, Mapping) and "template" in value else value


def sentence(template: str, **values: Any) -> Sentence:
    """A sentence with its values: `raise DataFileError(sentence("{name} is empty.", name=name))`."""
    return Sentence(template, values)


def as_sentence(text: Text) -> Sentence:
    """The text as a sentence, as a value of another one has to be: a `str` among the values is not translated."""
    return Sentence(text) if isinstance(text, str) else text


def joined(between: str, *texts: object) -> Sentence:
    """Texts one after another, each in the language in which the whole is shown; `between` is no text."""
    values = {f"text{place}": as_sentence(each) if isinstance(each, str) else each for place, each in enumerate(texts)}
    return Sentence(between.join(f"{{{name}}}" for name in values), values)


def chained(pair: str, names: Sequence[str]) -> Sentence | str:
    """Names one after another by a template of two, `{one} or {others}`; the name alone where there is one."""
    first, *others = names
    return sentence(pair, one=first, others=chained(pair, others)) if others else first


def few(names: Sequence[str], most: int, count: int | None = None) -> Sentence | str:
    """The first `most` names, and how many more there are of `count`, by default of all names."""
    listed, more = ", ".join(names[:most]), (len(names) if count is None else count) - most
    return sentence("{names} and {more:,} more", names=listed, more=more) if more > 0 else listed


def counted(one: str, many: str, **values: Any) -> Sentence:
    """A sentence with a `count` among its values, for one and for other counts."""
    return Sentence(one, values, many)
