"""The addresses of all pages: what is written is read again, hostile texts become warnings, the guide is up to date."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis.equal_cost import COST_SETTINGS
from explorer.experiments import CATALOGUE
from explorer.experiments.description import ExperimentDescription
from explorer.model import PRESETS, ModelSpec, preset
from explorer.model.field_types import Choice, Flag, Real, Text, Whole, WholeList
from explorer.model.link import to_link
from explorer.runs.settings import CHOICES
from explorer.ui.addresses import ADDRESSES, documentation
from explorer.ui.common.address import AddressField, PageAddress
from explorer.ui.common.address_types import CheckedText, NetworkName, OneNumber, OneOf, PerhapsNumber, SomeOf, Value
from explorer.ui.common.page_links import PARAMETERS
from explorer.ui.compare.setup import MOST_COMPARED, CompareSetup
from explorer.ui.labs.registry import LABS, part_address
from scripts.addresses import GUIDE

EXAMPLES = {
    "join": ["", "CFH347"],
    "block": ["", "stem", "layer2.3"],
    "opened": ["layer1.0"],
    "threads": ["1"],
    "run": ["0" * 32, "f" * 32],
    "start_from": ["", "0" * 32],
    "normalisation": ["", "0.5/0.5", "0.4,0.5,0.6/0.2,0.2,0.2"],
    **CHOICES,
}
"""Values of the fields whose values are checked by a function."""
BAD = "no such value"
"""A text that fits no field; those that take any text refuse a long one."""
DESCRIPTIONS = [each for each in CATALOGUE.values() if each.lab is not None]
LAB_PARTS = {f"{lab.name}-{part.name}": part_address(lab, part) for lab in LABS.values() for part in lab.parts}
TABLES = {page or "build": address for page, address in ADDRESSES.items()} | LAB_PARTS
pages = pytest.mark.parametrize("address", TABLES.values(), ids=TABLES.keys())


def kind_values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of one of the model's kinds."""
    if isinstance(kind, Choice):
        return st.sampled_from([*kind.table])
    if isinstance(kind, Flag):
        return st.booleans()
    if isinstance(kind, Whole):
        return st.integers(kind.low, kind.high)
    if isinstance(kind, Real):
        return st.floats(kind.low, kind.high).map(lambda number: float(f"{number:g}"))
    if isinstance(kind, WholeList):
        return st.lists(st.integers(kind.low, kind.high), min_size=1, max_size=kind.longest)
    assert isinstance(kind, Text)
    return st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=kind.longest)


def single_values(field: AddressField) -> st.SearchStrategy[Any]:
    """Values of a field, or of one member of its list."""
    match field.type:
        case Value(kind):
            return kind_values(kind)
        case OneOf(options):
            return st.sampled_from([*options()])
        case OneNumber(numbers):
            return st.sampled_from(numbers)
        case SomeOf(options):
            return st.lists(st.sampled_from([*options()]), unique=True).map(
                lambda some: [each for each in options() if each in some]
            )
        case NetworkName():
            own = [] if field.name == "preset" else [to_link(ModelSpec(attention="eca", stem="deep"))]
            return st.sampled_from([*PRESETS, *own])
        case CheckedText():
            return st.sampled_from([*EXAMPLES[field.name]])
    raise AssertionError(f"{field.name}: how are its values made?")


def field_values(field: AddressField) -> st.SearchStrategy[Any]:
    if isinstance(field.type, PerhapsNumber):
        return st.none() | kind_values(Real(field.type.low, field.type.high))
    single = single_values(field)
    return st.lists(single.filter(bool), unique=True, max_size=min(field.most, 4)) if field.most else single


def as_lists(query: dict[str, list[str] | str]) -> dict[str, list[str]]:
    return {name: [texts] if isinstance(texts, str) else texts for name, texts in query.items()}


@pages
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_again(address: PageAddress, data: st.DataObject) -> None:
    values = {field.name: data.draw(field_values(field), label=field.name) for field in address.fields}
    read = address.read(as_lists(address.write(values)))
    assert read.warnings == []
    assert {**address.defaults(), **read.values} == values


@pages
def test_a_page_at_its_defaults_has_a_bare_address(address: PageAddress) -> None:
    assert address.write(address.defaults()) == {}
    assert address.write({}) == {}


@pages
@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(max_size=300) | st.sampled_from(["", "nan", "-1", "1e999", "²", "[[", "~" * 400])))
def test_a_hostile_text_is_a_warning_and_never_an_error(address: PageAddress, texts: list[str]) -> None:
    for field in address.fields:
        read = address.read({field.name: texts})
        assert bool(texts) == bool(field.name in read.values or field.name in read.problems)
        assert len(read.warnings) <= 2 * (field.most or 1) + 1
        if field.most and field.name in read.values:
            assert len(read.values[field.name]) <= field.most


@pytest.mark.parametrize(
    ("address", "field"),
    [
        pytest.param(address, field, id=f"{page}-{field.name}")
        for page, address in TABLES.items()
        for field in address.fields
    ],
)
def test_a_bad_value_is_one_sentence_with_the_way_out_and_leaves_the_others(
    address: PageAddress, field: AddressField
) -> None:
    good = {field.name: [field.type.write(_first(field))] for field in address.fields}
    read = address.read({**good, field.name: [_bad(field)], "nosuch": ["1"]})
    assert set(read.values) | {field.name} == set(good)
    default = field.type.write(field.default) if not field.most else ""
    (sentence, unknown) = read.warnings
    assert f"“{field.label}” (`{field.name}`)" in sentence
    assert f"`{default}`" in sentence if default else re.search("; (the default is used|it is left out)[.]$", sentence)
    assert len(re.findall(r"[.](?= |$)", sentence)) == 1
    assert "'nosuch'" in unknown


def test_names_too_many_twice_or_unknown_are_counted_in_one_sentence() -> None:
    many = [name for name in PRESETS if name.startswith("cifar_")][: MOST_COMPARED + 1]
    for named, kept, numbers in (
        ([*many, "nosuch"], many[:MOST_COMPARED], [MOST_COMPARED + 2, MOST_COMPARED]),
        (["resnet50", to_link(preset("resnet50")), "resnet18"], ["resnet50", "resnet18"], [1, 3, 2]),
        (["resnet50", "nosuch"], ["resnet50"], [1, 2]),
    ):
        setup = CompareSetup.from_query({"net": named})
        assert setup.named_networks == kept
        (sentence,) = setup.warnings
        assert set(map(str, numbers)) <= set(re.findall(r"\d+", sentence))


@pytest.mark.parametrize(
    ("query", "used"),
    [
        ({"of": ["5"]}, "1"),
        ({"turn": ["width"], "to": ["1024"]}, COST_SETTINGS["width"].high),
        ({"knob": ["width"], "upto": ["1024"]}, COST_SETTINGS["width"].high),
        ({"block": ["layer7.1"]}, ""),
    ],
    ids=["of", "to", "upto", "block"],
)
def test_a_value_that_does_not_fit_the_others_is_one_sentence(query: dict[str, list[str]], used: object) -> None:
    setup = CompareSetup.from_query({"net": ["resnet18", "resnet34"], **query})
    *_, name = query
    assert setup.choices[name] == used
    (sentence,) = setup.warnings
    assert f"(`{name}`)" in sentence


def _bad(field: AddressField) -> str:
    match field.type:
        case Value(Text(longest=longest)):
            return "x" * (longest + 1)
    return BAD


def _first(field: AddressField) -> Any:
    """A value of the field that stands for itself."""
    if isinstance(field.type, CheckedText):
        return [*EXAMPLES[field.name]][-1]
    if isinstance(field.type, NetworkName):
        return "resnet18"
    if isinstance(field.type, Value) and isinstance(field.type.kind, Choice):
        return next(iter(field.type.kind.table))
    return "some text" if field.most else field.default


@pages
def test_names_are_given_once_and_every_field_has_a_meaning(address: PageAddress) -> None:
    names = [field.name for field in address.fields]
    assert sorted(set(names)) == sorted(names)
    assert [field.name for field in address.fields if not field.help or not field.label] == []


def test_the_guide_says_what_the_tables_say() -> None:
    assert GUIDE.read_text(encoding="utf-8") == documentation(), "run `python -m scripts.addresses`"


def test_links_between_pages_name_fields_of_the_page_that_they_open() -> None:
    names = {page: {field.name for field in address.fields} for page, address in ADDRESSES.items()}
    assert {page: name for page, name in PARAMETERS.items() if name not in names[page]} == {}
    assert {"preset", "net"} <= names[""]
    assert {"race", "net"} <= names["train"]
    assert "net" in names["compare"]


@pytest.mark.parametrize("experiment", DESCRIPTIONS, ids=lambda each: each.name)
def test_links_from_results_name_fields_of_the_part_of_the_lab(experiment: ExperimentDescription) -> None:
    lab = experiment.lab
    assert lab is not None
    parameters = {name: each.default for name, each in experiment.parameters.items()}
    query = {"lab": lab.lab, "part": lab.part, "runs": "0" * 32, **lab.controls(parameters)}
    read = LAB_PARTS[f"{lab.lab}-{lab.part}"].read(as_lists(query))
    assert set(read.values) | set(read.problems) == set(query)
    assert read.unknown == []
