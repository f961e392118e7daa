"""A study's file: TOML from outside, read into a `Study`, or refused with one sentence that names the place."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from explorer.language import sentence
from explorer.model import ModelSpec, preset
from explorer.model.controls import CONTROLS
from explorer.model.errors import FieldError
from explorer.model.field_types import shown
from explorer.runs.settings import NUMBERS, TrainingSettings
from explorer.studies.bounds import LONGEST_FILE, LONGEST_NAME, LONGEST_TITLE, MOST_SEEDS, MOST_VALUES
from explorer.studies.study import Study, StudyError, StudyNetwork

FIELDS = ("title", "about", "seeds", "networks", "settings", "grid")
NETWORK_FIELDS = ("name", "base", "values")
SETTINGS = tuple(each.name for each in fields(TrainingSettings) if each.name not in {"seed", "start_from", "frozen"})
"""What `[settings]` may hold, and `[grid]` but for `dataset`. Seeds are the study's own."""


def read_study(text: str) -> Study:
    """The study in a TOML text. Raises StudyError; nothing is read beyond its bounds."""
    if len(text) > LONGEST_FILE:
        told = sentence("the file has more than {most:,} characters; a study is a short text.", most=LONGEST_FILE)
        raise StudyError("study", told)
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise StudyError("study", sentence("this is not TOML ({reason}).", reason=str(error)[:80])) from None
    return study_of(values)


def study_of(values: Mapping[str, Any]) -> Study:
    """The study of a file's values. Raises StudyError."""
    _check_names("", values, FIELDS)
    networks = tuple(_network(f"networks[{place}]", each) for place, each in enumerate(_tables(values), 1))
    names = [network.name for network in networks]
    if repeated := next((name for name in names if names.count(name) > 1), ""):
        told = sentence("two networks are called {name}; give each its own name.", name=shown(repeated))
        raise StudyError("networks", told)
    return Study(
        _text("title", values.get("title"), LONGEST_TITLE),
        networks,
        _settings(_table("settings", values.get("settings", {}))),
        _grid(_table("grid", values.get("grid", {})), values.get("settings", {})),
        _seeds(values.get("seeds", 1)),
        _text("about", values.get("about", " "), LONGEST_FILE).strip(),
    )


def _network(place: str, value: object) -> StudyNetwork:
    table = _table(place, value)
    _check_names(place, table, NETWORK_FIELDS)
    name, base = _text(f"{place}.name", table.get("name"), LONGEST_NAME), table.get("base")
    try:
        spec = preset(base) if isinstance(base, str) else ModelSpec.from_dict(_table(f"{place}.base", base))
    except StudyError:
        raise
    except FieldError as error:
        raise StudyError(
            f"{place}.base", sentence("{field}: {message}", field=error.field, message=error.told)
        ) from None
    values = _table(f"{place}.values", table.get("values", {}))
    _check_names(f"{place}.values", values, tuple(CONTROLS))
    lists = {field: _list(f"{place}.values.{field}", each) for field, each in values.items()}
    if len({len(each) for each in lists.values()}) > 1:
        told = sentence("the lists have different lengths; the first values belong together, the second do, and so on.")
        raise StudyError(f"{place}.values", told)
    for field, each in lists.items():
        for one in each:
            _checked(f"{place}.values.{field}", CONTROLS[field], field, one)
    return StudyNetwork(name, spec, lists)


def _settings(values: Mapping[str, Any]) -> TrainingSettings:
    _check_names("settings", values, SETTINGS)
    return _made("settings", values)


def _made(place: str, values: Mapping[str, Any]) -> TrainingSettings:
    try:
        return TrainingSettings.from_dict(values)
    except FieldError as error:
        raise StudyError(f"{place}.{error.field}", sentence("{message}.", message=str(error.message))) from None


def _grid(values: Mapping[str, Any], settings: Mapping[str, Any]) -> Mapping[str, Sequence[Any]]:
    _check_names("grid", values, [name for name in SETTINGS if name != "dataset"])
    found = {}
    for name, each in values.items():
        found[name] = [getattr(_made("grid", {**settings, name: value}), name) for value in _list(f"grid.{name}", each)]
    return found


def _seeds(value: object) -> tuple[int, ...]:
    """The seeds: a list of them, or how many, from 0."""
    if isinstance(value, list):
        seeds = [_checked("seeds", NUMBERS["seed"].kind, "seeds", each) for each in _list("seeds", value, MOST_SEEDS)]
        return tuple(seeds)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_SEEDS:
        return tuple(range(value))
    told = sentence(
        "{value} is neither a number of seeds from 1 to {most} nor a list.", value=shown(value), most=MOST_SEEDS
    )
    raise StudyError("seeds", told)


def _tables(values: Mapping[str, Any]) -> list[Any]:
    tables = values.get("networks")
    if isinstance(tables, list) and 1 <= len(tables) <= MOST_VALUES:
        return tables
    told = sentence("1 to {most} networks are expected, each under a line [[networks]].", most=MOST_VALUES)
    raise StudyError("networks", told)


def _table(place: str, value: object) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    if place.endswith(".base"):
        told = sentence(
            "a base is the name of a preset, or a table such as {example}.", example='{preset = "resnet50"}'
        )
        raise StudyError(place, told)
    raise StudyError(place, sentence("{value} is not a table of names and values.", value=shown(value)))


def _list(place: str, value: object, most: int = MOST_VALUES) -> list[Any]:
    """1 to `most` different values. Raises StudyError."""
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise StudyError(place, sentence("a list of 1 to {most} values is expected.", most=most))
    return value


def _text(place: str, value: object, longest: int) -> str:
    if isinstance(value, str) and value and len(value) <= longest and (place == "about" or value.isprintable()):
        return value
    raise StudyError(place, sentence("a text of 1 to {most:,} characters in one line is expected.", most=longest))


def _checked(place: str, kind: Any, name: str, value: object) -> Any:
    try:
        return kind.check(name, value)
    except FieldError as error:
        raise StudyError(place, error.told) from None


def _check_names(place: str, values: Mapping[str, Any], known: Collection[str]) -> None:
    """Returns where all names are known. Raises StudyError, which suggests the nearest name."""
    for name in values:
        if name not in known:
            near = get_close_matches(name[:60], known, n=1)
            names = near[0] if near else ", ".join(list(known)[:40])
            raise StudyError(
                f"{place}.{name[:40]}" if place else name[:40],
                sentence("there is no such field; there is {names}.", names=names),
            )
