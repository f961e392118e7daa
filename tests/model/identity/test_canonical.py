"""Canonical forms and signatures: two specs are one network exactly if their graphs say so."""

import random
from dataclasses import replace

import pytest

from explorer.model import CONTROLS, PRESETS, ModelSpec, SpecError, assemble, preset
from explorer.model.identity.canonical import canonical, signature
from explorer.model.spec_values import DEFAULT_VALUES
from tests.variants import name_of, sampled_variants, small_variants

VARIANTS = small_variants()
CHANGED = [name for name in CONTROLS if name not in {"stage_blocks", "image_size", "image_width"}]


def _ops(spec: ModelSpec) -> list[object]:
    """Every op with its path, wiring and initial constants, written out without folding or leaving anything out."""
    return [(path, node.op, node.inputs, node.init) for path, node in assemble(spec).nodes()]


@pytest.mark.parametrize("spec", sampled_variants(), ids=name_of)
def test_the_canonical_form_builds_the_same_network(spec: ModelSpec) -> None:
    assert _ops(canonical(spec)) == _ops(spec)
    assert canonical(canonical(spec)) == canonical(spec)


def test_equal_canonical_forms_mean_equal_graphs() -> None:
    """Over random changes of one field at a time: equal forms, equal graphs; different graphs, different forms."""
    chance = random.Random(7)
    equal = different = 0
    for spec in VARIANTS[::2]:
        form, graph = canonical(spec), _ops(spec)
        for other in _neighbours(spec, chance):
            same = graph == _ops(other)
            assert (form == canonical(other)) == same
            equal, different = equal + same, different + (not same)
    assert equal > 20
    assert different > 40


def _neighbours(spec: ModelSpec, chance: random.Random) -> list[ModelSpec]:
    """The spec with one field of another variant; for an eighth of the fields, since canonical forms take a while."""
    donor = chance.choice(VARIANTS)
    found = []
    for name in chance.sample(CHANGED, len(CHANGED) // 8):
        try:
            found.append(replace(spec, **{name: getattr(donor, name)}))
        except SpecError:
            continue
    return found


@pytest.mark.parametrize("spec", sampled_variants(), ids=name_of)
def test_a_field_that_does_not_matter_changes_nothing(spec: ModelSpec) -> None:
    """The declarations of `matters` are believed by the pages: a greyed control must truly have no effect."""
    for name, declared in CONTROLS.items():
        if not declared.has_effect(spec):
            try:
                reset = replace(spec, **{name: DEFAULT_VALUES[name]})
            except SpecError:
                continue
            assert signature(reset) == signature(spec), name


@pytest.mark.parametrize(
    ("fields", "reset"),
    [
        ({"skip": "scale", "skip_scale": 1.0}, {}),
        ({"skip": "dropout", "skip_dropout": 0.0}, {}),
        ({"skip": "identity", "skip_scale": 0.3, "gate_bias": -1.0}, {}),
        ({"block": "basic", "stride_on": "1x1"}, {"block": "basic"}),
        (
            {"stage_blocks": (2,), "stage_widths": (64,), "stride_on": "1x1"},
            {"stage_blocks": (2,), "stage_widths": (64,)},
        ),
        ({"skip": "conv1x1"}, {"shortcut": "projection_all"}),
        ({"attention_reduction": 4}, {}),
    ],
)
def test_inert_fields_are_reset(fields: dict[str, object], reset: dict[str, object]) -> None:
    assert canonical(ModelSpec(**fields)) == ModelSpec(**reset)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [{"stride_on": "1x1"}, {"zero_init_residual": True}, {"drop_path": 0.1}])
def test_fields_that_matter_are_kept(change: dict[str, object]) -> None:
    assert canonical(replace(preset("resnet50"), **change)) != canonical(preset("resnet50"))  # type: ignore[arg-type]


def test_a_canonical_form_keeps_the_image_size() -> None:
    assert canonical(replace(preset("resnet50"), image_size=64)).image_size == 64


def test_presets_are_told_apart_by_their_canonical_forms() -> None:
    forms = {canonical(preset(name)) for name in PRESETS if preset(name).depth < 300}
    assert len(forms) == sum(preset(name).depth < 300 for name in PRESETS)
