import json
import math
from dataclasses import fields

import pytest

from explorer.runs.events import (
    EVENT_KINDS,
    Diagnostics,
    Evaluation,
    Event,
    Finished,
    Started,
    Step,
    event_from_dict,
)

EXAMPLES = {int: 7, float: 0.25, str: "a sentence", tuple[str, ...]: ("a", "b"), tuple[float, ...]: (0.5, 1.5)}


def example(kind: type[Event]) -> Event:
    return kind(**{each.name: EXAMPLES.get(each.type, {"torch": "2"}) for each in fields(kind)})


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_every_kind_survives_json(kind: str) -> None:
    event = example(EVENT_KINDS[kind])
    assert event_from_dict(json.loads(event.to_json())) == event
    assert json.loads(event.to_json())["event"] == kind == event.kind


def test_numbers_that_json_lacks_travel_as_null() -> None:
    event = Evaluation(step=3, test_loss=math.inf, test_error=90.0, seconds=1.0)
    assert json.loads(event.to_json())["test_loss"] is None
    assert math.isnan(event_from_dict(json.loads(event.to_json())).test_loss)
    reading = Diagnostics(step=1, gradient_norms=(1.0, math.nan))
    back = event_from_dict(json.loads(reading.to_json()))
    assert back.gradient_norms[0] == 1.0
    assert math.isnan(back.gradient_norms[1])


def test_the_contract_s_names() -> None:
    step = Step(step=10, train_loss=2.0, train_error=80.0, learning_rate=0.02, seconds=0.5)
    assert {"event", "step", "train_loss"} <= set(step.to_dict())
    names = {each.name for each in fields(Finished)}
    assert {"train_loss", "test_error", "seconds"} <= names


def test_an_event_of_a_later_version_keeps_what_is_known() -> None:
    values = example(Started).to_dict() | {"colour": "green"}
    assert event_from_dict(values) == example(Started)


@pytest.mark.parametrize("values", [{}, {"event": "applause", "step": 1}, {"event": "step", "step": 1}])
def test_what_is_no_event_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="event"):
        event_from_dict(values)
