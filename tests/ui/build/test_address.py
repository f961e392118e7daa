"""Field values as text in the address bar, and back."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.model import PRESETS
from explorer.model.controls import CONTROLS
from explorer.model.field_types import Whole
from explorer.model.link import read_value
from explorer.model.spec_values import DEFAULT_VALUES
from explorer.ui.build.draft import ADDRESS, Draft
from tests.failures import failures


def test_every_known_network_survives_the_address_bar() -> None:
    def check(name: str) -> None:
        values = Draft.of(PRESETS[name].fields).values
        query = ADDRESS.write(values)
        read = ADDRESS.read({field: [text] for field, text in query.items()})
        assert read.warnings == []
        assert DEFAULT_VALUES | dict(read.values) == values

    assert failures(PRESETS, check) == {}


@given(st.text(max_size=60))
def test_no_text_makes_reading_fail(text: str) -> None:
    for declared in CONTROLS.values():
        read_value(declared.kind, text)


def test_what_is_no_number_is_kept_for_the_sentence() -> None:
    assert read_value(Whole(1, 9), "many") == "many"
    assert "'many'" in ADDRESS.read({"cardinality": ["many"]}).problems["cardinality"].message
