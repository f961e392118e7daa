"""Field values as text in the address bar, and back."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.model import PRESETS
from explorer.model.controls import CONTROLS
from explorer.model.field_types import Whole
from explorer.model.link import read_value
from explorer.model.spec_values import DEFAULT_VALUES
from explorer.ui.build.draft import Draft
from explorer.ui.common.query_fields import changed_fields, read_fields
from tests.failures import failures


def test_every_known_network_survives_the_address_bar() -> None:
    def check(name: str) -> None:
        values = Draft.of(PRESETS[name].fields).values
        read, refused = read_fields(changed_fields(values))
        assert refused == {}
        assert DEFAULT_VALUES | read == values

    assert failures(PRESETS, check) == {}


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
