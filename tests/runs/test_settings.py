import json
import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.datasets.catalogue import DATASETS, fit_spec
from explorer.jobs.errors import SettingsError
from explorer.model import assemble, preset
from explorer.runs.settings import CHOICES, NUMBERS, SCHEDULES, TrainingSettings
from explorer.runs.start import TEXTS


def settings_strategy() -> st.SearchStrategy[TrainingSettings]:
    numbers = {
        field.name: st.integers(int(NUMBERS[field.name].kind.low), int(NUMBERS[field.name].kind.high))
        if field.type is int
        else st.floats(NUMBERS[field.name].kind.low, NUMBERS[field.name].kind.high)
        for field in fields(TrainingSettings)
        if field.name in NUMBERS
    }
    numbers |= {
        "steps": st.just(200_000),
        "dataset": st.just("shapes_easy"),
        "start_from": st.just("0" * 32),
    }  # let any warm-up and flip be valid
    choices = {name: st.sampled_from(list(values)) for name, values in CHOICES.items() if name != "dataset"}
    by_error = [name for name, schedule in SCHEDULES.items() if schedule.warm_up is not None]
    own_warm_up = {"schedule": st.sampled_from(by_error), "warmup_steps": st.just(0)}
    choices["schedule"] = st.sampled_from([name for name in CHOICES["schedule"] if name not in by_error])
    return st.builds(TrainingSettings, **numbers, **choices) | st.builds(
        TrainingSettings, **{**numbers, **choices, **own_warm_up}
    )


@given(settings_strategy())
def test_settings_survive_json(chosen: TrainingSettings) -> None:
    assert TrainingSettings.from_json(chosen.to_json()) == chosen


def test_every_field_is_bounded_or_chosen_from_a_table() -> None:
    assert {field.name for field in fields(TrainingSettings)} == {*NUMBERS, *CHOICES, *TEXTS}


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("side", ["low", "high"])
def test_a_number_beyond_its_bound_is_refused_by_name(name: str, side: str) -> None:
    bound = getattr(NUMBERS[name].kind, side)
    beyond = bound - 1 if side == "low" else bound + 1
    with pytest.raises(SettingsError) as refused:
        TrainingSettings(**{name: beyond})
    assert refused.value.field == name
    assert f" {bound:,}" in refused.value.message.replace("0.0 ", "0 ") or f"{bound:g}" in refused.value.message


@pytest.mark.parametrize("value", [math.nan, math.inf, "200", None, True, 1.5, [200]])
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    with pytest.raises(SettingsError) as refused:
        TrainingSettings.from_dict({"steps": value})
    assert refused.value.field == "steps"


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", ["nothing such", 3, None])
def test_a_choice_outside_its_table_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as refused:
        TrainingSettings.from_dict({name: value})
    assert refused.value.field == name


@pytest.mark.parametrize("text", ["", "[]", "3", "{", '{"steps": NaN}', '{"step": 3}'])
def test_text_that_is_no_settings_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        TrainingSettings.from_json(text)


def test_a_whole_number_becomes_the_field_s_own_type() -> None:
    settings = TrainingSettings.from_dict({"learning_rate": 1, "steps": 10.0})
    assert json.loads(settings.to_json())["learning_rate"] == 1.0
    assert isinstance(settings.learning_rate, float)
    assert isinstance(settings.steps, int)


def test_a_longer_warm_up_than_run_is_refused() -> None:
    with pytest.raises(SettingsError, match="warmup_steps"):
        TrainingSettings(steps=10, warmup_steps=11)


def test_digits_are_not_mirrored() -> None:
    with pytest.raises(SettingsError, match="augmentation"):
        TrainingSettings(augmentation="crop_flip")
    TrainingSettings(augmentation="crop_flip", dataset="shapes_medium")


def test_the_rate_of_each_schedule() -> None:
    base = TrainingSettings(steps=100, learning_rate=0.1, warmup_steps=0)
    assert [base.rate(step) for step in (0, 50, 99)] == [0.1, 0.1, 0.1]
    step = replace(base, schedule="step")
    assert [step.rate(at) for at in (49, 50, 74, 75, 99)] == pytest.approx([0.1, 0.01, 0.01, 0.001, 0.001])
    linear = replace(base, schedule="linear")
    assert [linear.rate(at) for at in (0, 25, 75)] == pytest.approx([0.1, 0.075, 0.025])
    cosine = replace(base, schedule="cosine")
    assert [cosine.rate(at) for at in (0, 25, 50, 75)] == pytest.approx(
        [0.1 * (1 + math.cos(math.pi * part)) / 2 for part in (0, 0.25, 0.5, 0.75)]
    )


def test_the_schedule_of_he_2015_is_said_exactly() -> None:
    settings = TrainingSettings(steps=64_000, learning_rate=0.1, schedule="he2015")
    assert settings.rate(0, warm=False) == settings.rate(31_999, warm=False) == pytest.approx(0.01)
    at = (0, 31_999, 32_000, 47_999, 48_000, 63_999)
    assert [settings.rate(step) for step in at] == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])
    assert (settings.warm_at(80.0), settings.warm_at(79.9)) == (False, True)
    assert replace(settings, schedule="step").warm_at(100.0)
    with pytest.raises(SettingsError, match="warmup_steps"):
        replace(settings, warmup_steps=400)


def test_warm_up_climbs_to_the_rate_and_the_schedule_fills_the_rest() -> None:
    settings = TrainingSettings(steps=14, learning_rate=0.4, warmup_steps=4, schedule="linear")
    assert [settings.rate(step) for step in range(4)] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert settings.rate(4) == pytest.approx(0.4)
    assert settings.rate(9) == pytest.approx(0.2)


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_network_is_fitted_to_the_data_and_otherwise_left_alone(dataset: str) -> None:
    spec = preset("cifar_plain56")
    fitted, facts = fit_spec(spec, dataset), DATASETS[dataset]
    assert (fitted.in_channels, fitted.image_size) == (facts.channels, facts.image_size)
    assert assemble(fitted).stages[-1].output_shape[0] == len(facts.classes) == fitted.num_classes
    as_before = {"in_channels": spec.in_channels, "image_size": spec.image_size, "num_classes": spec.num_classes}
    assert replace(fitted, **as_before) == spec


def test_an_unknown_data_set_is_refused() -> None:
    with pytest.raises(SettingsError, match="digits"):
        fit_spec(preset("cifar_plain56"), "imagenet")
