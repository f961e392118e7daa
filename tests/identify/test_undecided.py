"""What names and shapes leave open, and the networks that are worth trying."""

from dataclasses import replace

from explorer.identify.function import function_of
from explorer.identify.undecided import changes_with, same_shapes, undecided_fields
from explorer.model import CONTROLS, ModelSpec, preset
from explorer.model.changes import plain_twin


def undecided(spec: ModelSpec) -> dict[str, tuple[object, ...]]:
    return undecided_fields(spec, same_shapes(spec))


def test_what_a_small_network_leaves_open() -> None:
    found = undecided(preset("cifar_resnet20"))
    assert found["shortcut"] == ("pad", "none", "pad_behind", "pad_average")
    assert found["skip_scale"][:2] == (1.0, 0.5)
    assert "preact" in found["activation_order"]
    assert "prelu" not in found["activation"]
    assert not {"image_size", "drop_path", "block_dropout", "zero_init_residual", "skip"} & set(found)
    assert list(found) == [name for name in CONTROLS if name in found]


def test_what_a_bottleneck_leaves_open() -> None:
    found = undecided(preset("resnet50"))
    assert found["stride_on"] == ("3x3", "1x1")
    assert "pad" not in found["shortcut"]
    assert {"dilations", "antialias", "stem_pool", "weight_standardization"} <= set(found)
    assert undecided(preset("resnet50_v1"))["stride_on"] == ("1x1", "3x3")


def test_a_function_does_not_depend_on_names_starts_and_training() -> None:
    spec = preset("cifar_resnet20")
    for same in ({"zero_init_residual": True}, {"drop_path": 0.3}, {"block_dropout": 0.2}, {"image_size": 64}):
        assert function_of(replace(spec, **same)) == function_of(spec)
    for other in ({"shortcut": "pad_behind"}, {"activation": "silu"}, {"skip": "scale", "skip_scale": 0.9}):
        assert function_of(replace(spec, **other)) != function_of(spec)


def test_a_plain_network_is_one_row_of_layers() -> None:
    """Before or behind: where a plain network's norms belong is a question of names alone."""
    plain = plain_twin(preset("cifar_preact110"))
    assert plain is not None
    assert function_of(plain) == function_of(replace(plain, activation_order="post", stem_norm=True))
    assert function_of(plain) != function_of(replace(plain, activation_order="relu_before_add", activation="silu"))


def test_another_value_brings_what_belongs_to_it() -> None:
    """Of every open value of these networks the changed network has the file's shapes; alone, some do not even fit."""
    plain = replace(preset("cifar_plain20"), stage_blocks=(2, 3), stage_widths=(16, 16))
    alone = 0
    for spec in (plain, preset("cifar_resnet20")):
        for name, values in undecided(spec).items():
            for value in values[1:]:
                changes = changes_with(spec, name, value)
                assert changes[name] == value
                assert same_shapes(spec)(replace(spec, **changes)), (name, value)
                alone += len(changes) == 1
    assert alone
    assert {"stage_blocks", "stage_widths"} <= set(changes_with(plain, "stage_blocks", (5,)))
    assert changes_with(plain, "num_classes", 3) == {"num_classes": 3}  # no file leaves this open
