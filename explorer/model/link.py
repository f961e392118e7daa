"""A spec as a short, versioned text for links, which is checked when it is read.

`1~resnet50~stem.deep~stem_width.32~7f` is: version, the known network with the fewest differences, the fields that
differ, and two check digits, which show that a link was cut or altered. Only characters that no browser escapes are
used.
"""

import re
from functools import lru_cache
from typing import Any
from zlib import crc32

from explorer.language import sentence
from explorer.model.controls import CONTROLS
from explorer.model.errors import SpecError
from explorer.model.field_types import Flag, Kind, Real, Text, Whole, WholeList
from explorer.model.presets.catalogue import PRESETS, preset_fields
from explorer.model.spec import ModelSpec
from explorer.model.spec_values import DEFAULT_VALUES

VERSION = "1"
LONGEST_LINK = 1_000
SEPARATOR, OF, BETWEEN = "~", ".", "-"
NULL = "null"
LONGEST_VALUE = 200
ALTERED = sentence("this link was cut short or altered; ask for it again.")
WORDS_FOR_FLAGS = {"1": True, "true": True, "0": False, "false": False}


def changes_of_nearest(spec: ModelSpec) -> tuple[str, dict[str, Any]]:
    """The known network from which the spec is written shortest, and the spec's values of the other fields."""
    values = spec.to_dict()
    lengths = {field: len(f"{field}{write_value(value)}") for field, value in values.items()}

    def changes(name: str) -> list[str]:
        return [field for field, value in _preset_values(name).items() if value != values[field]]

    name = min(PRESETS, key=lambda name: sum(map(lengths.__getitem__, changes(name))))
    return name, {field: values[field] for field in changes(name)}


def to_link(spec: ModelSpec) -> str:
    """The spec as link text. `from_link` gives an equal spec."""
    name, changes = changes_of_nearest(spec)
    body = SEPARATOR.join([VERSION, name, *(f"{field}{OF}{write_value(value)}" for field, value in changes.items())])
    return f"{body}{SEPARATOR}{_check_digits(body)}"


def from_link(text: str) -> ModelSpec:
    """The spec of a link text. Raises SpecError("link") where the text is damaged, else as ModelSpec does."""
    if len(text) > LONGEST_LINK:
        raise SpecError(
            "link",
            sentence(
                "{count} characters are more than the {most} a link can have.",
                count=format(len(text), ","),
                most=format(LONGEST_LINK, ","),
            ),
        )
    version, _, _ = text.partition(SEPARATOR)
    if version.isdigit() and version != VERSION:
        raise SpecError(
            "link",
            sentence(
                "this link has version {version}, but this explorer reads version {ours}.",
                version=version[:9],
                ours=VERSION,
            ),
        )
    body, _, digits = text.rpartition(SEPARATOR)
    if version != VERSION or digits != _check_digits(body):
        raise SpecError("link", ALTERED)
    _, name, *changes = body.split(SEPARATOR)
    return ModelSpec(**(preset_fields(name) | dict(map(_change, changes))))


def _check_digits(body: str) -> str:
    return f"{crc32(body.encode()) & 0xFF:02x}"


@lru_cache(maxsize=512)
def _preset_values(name: str) -> dict[str, Any]:
    given = {field: list(v) if isinstance(v, tuple) else v for field, v in preset_fields(name).items()}
    return DEFAULT_VALUES | given


def write_value(value: object) -> str:
    """A field's JSON value as text: `3-4-6-3` for a list, `1` or `0` for a flag, `null` for nothing."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list | tuple):
        return BETWEEN.join(map(str, value))
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def read_value(kind: Kind, text: str) -> object:
    """The JSON value that a text stands for; the text itself where it stands for none, so that a check can say so.

    Reads what `write_value` writes, and lists and flags as people write them.
    """
    # A text that is too long is for its check to refuse, not to be cut.
    text = (text if isinstance(kind, Text) else text[:LONGEST_VALUE]).strip()
    try:
        if isinstance(kind, Flag):
            return WORDS_FOR_FLAGS.get(text.lower(), text)
        if isinstance(kind, Whole):
            return None if kind.optional and text in ("", NULL) else int(text)
        if isinstance(kind, Real):
            return float(text)
        if isinstance(kind, WholeList):
            return _read_list(kind, text)
    except ValueError:
        return text
    return text


def _read_list(kind: WholeList, text: str) -> list[int] | None:
    """The whole numbers; what nothing stands for depends on the kind. Raises ValueError."""
    if text in ("", NULL):
        return [] if kind.empty and not kind.optional else None
    return [int(part) for part in re.split(r"[-,;\s]+", text.strip("[]() "))]


def _change(text: str) -> tuple[str, Any]:
    """One `field.value`; the spec checks its bounds later."""
    field, _, value = text.partition(OF)
    if field not in CONTROLS:
        raise SpecError("link", sentence("it sets {field}, which is not a field of a network.", field=repr(field[:40])))
    return field, read_value(CONTROLS[field].kind, value)
