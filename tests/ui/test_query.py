"""Field values as text in the address bar, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.model import PRESETS
from explorer.model.fields import Real, Whole, WholeList
from explorer.model.spec import CONTROLS, DEFAULT_VALUES
from explorer.ui.draft import Draft
from explorer.ui.query import changed_fields, read_fields, read_value, write_value


@pytest.mark.parametrize("name", PRESETS)
def test_every_known_network_survives_the_address_bar(name: str) -> None:
    values = Draft.of(PRESETS[name].fields).values
    read, refused = read_fields(changed_fields(values))
    assert refused == {}
    assert DEFAULT_VALUES | read == values


@given(st.floats(min_value=-4, max_value=4, allow_nan=False))
def test_a_real_number_comes_back_exactly(value: float) -> None:
    assert read_value(Real(-4, 4), write_value(value)) == value


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=8))
def test_a_list_comes_back_exactly(values: list[int]) -> None:
    assert read_value(WholeList(1, 1000, 8), write_value(values)) == values


@pytest.mark.parametrize("text", ["3,4,6,3", "3 4 6 3", "3-4-6-3", "[3, 4, 6, 3]", "(3; 4; 6; 3)"])
def test_lists_are_read_as_people_write_them(text: str) -> None:
    assert read_value(WholeList(1, 1000, 8), text) == [3, 4, 6, 3]


@given(st.text(max_size=60))
def test_no_text_makes_reading_fail(text: str) -> None:
    for declared in CONTROLS.values():
        read_value(declared.kind, text)
    values, refused = read_fields(dict.fromkeys(CONTROLS, text))
    assert set(values) | set(refused) == set(CONTROLS)


def test_what_is_no_number_is_kept_for_the_sentence() -> None:
    assert read_value(Whole(1, 9), "many") == "many"
    _, refused = read_fields({"cardinality": "many"})
    assert "'many'" in refused["cardinality"].message
