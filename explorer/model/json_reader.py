"""Reads JSON from outside: its length is limited, a repeated field is refused, and every error is a SpecError."""

import json
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from explorer.language import N_, sentence
from explorer.model.errors import SpecError
from explorer.model.field_types import either, shown

LONGEST_JSON = 20_000
"""The longest JSON spec that is read, in characters."""


def parse_json(text: str, known: Collection[str]) -> Any:
    """The value of a JSON text. Raises SpecError where it is too long, no JSON, or gives a field twice."""
    if len(text) > LONGEST_JSON:
        told = sentence(
            "{count:,} characters of JSON are more than the {most:,} allowed.", count=len(text), most=LONGEST_JSON
        )
        raise SpecError("spec", told)

    def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in pairs:
            if name in values:  # JSON itself would silently drop the first
                field = name if name in known else "spec"
                raise SpecError(field, sentence("the field {name} is given twice; give it once.", name=shown(name)))
            values[name] = value
        return values

    try:
        return json.loads(text, object_pairs_hook=without_repeats)
    except SpecError:
        raise
    except (ValueError, RecursionError) as error:
        raise SpecError("spec", sentence("this is not JSON ({reason}).", reason=str(error)[:80])) from error


ALL_FIELDS = N_("`python -m explorer describe resnet50 --format json` prints all fields under `spec`.")
OTHER_NAMES: Mapping[str, str] = {
    "depth": N_("stage_blocks has the number of blocks in each stage"),
    "layers": N_("stage_blocks has the number of blocks in each stage"),
    "groups": N_("the groups of the 3x3 convolution are called cardinality"),
    "width_per_group": N_("it is called base_width here"),
    "strides": N_("it is called stage_strides here, one for each stage: [1, 2, 2, 2]"),
    "last_stride": N_("stage_strides has the stride of each stage: [1, 2, 2, 1]"),
    "output_stride": N_("dilations keep a stage's resolution: [1, 1, 2, 4] gives an output stride of 8"),
    "replace_stride_with_dilation": N_("dilations keep a stage's resolution: [1, 1, 1, 2] replaces the last stride"),
    "norm_layer": N_("it is called norm here"),
    "act_layer": N_("it is called activation here"),
    "attn_layer": N_("it is called attention here"),
    "aa_layer": N_("it is called antialias here"),
    "drop_path_rate": N_("it is called drop_path here"),
    "input_size": N_("image_size is the side of the square image"),
    "in_chans": N_("it is called in_channels here"),
    "norm_epsilon": N_("it is called norm_eps here"),
    "epsilon": N_("it is called norm_eps here"),
    "eps": N_("it is called norm_eps here"),
    "classes": N_("it is called num_classes here"),
}
"""What torchvision, timm and Keras call a field, and what stands for it here."""


def unknown_field(name: object, known: Collection[str]) -> SpecError:
    """The error for an unknown field; its message says what stands for it here, or suggests similar names."""
    near = get_close_matches(str(name)[:60], known, n=2) if isinstance(name, str) else []
    hint = sentence(ALL_FIELDS)
    if isinstance(name, str) and name in OTHER_NAMES:
        hint = sentence("{hint}.", hint=sentence(OTHER_NAMES[name]))
    elif near:
        hint = sentence("did you mean {names}?", names=either(near))
    field = name if isinstance(name, str) and name.isidentifier() and len(name) <= 40 else "spec"
    return SpecError(field, sentence("there is no field called {name}; {hint}", name=shown(name), hint=hint))
