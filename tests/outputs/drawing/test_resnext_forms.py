"""The pictures of the three forms: real Graphviz, one skip each, and as many paths as fit."""

import re

import pytest

from explorer.outputs.drawing.picture_files import render
from explorer.outputs.drawing.resnext_forms import FORMS, BlockSizes, resnext_forms_dot

SIZES = BlockSizes(32, 4, 256)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cardinality", [1, 3, 32])
def test_every_form_is_drawn_with_one_skip(form: str, cardinality: int) -> None:
    source = resnext_forms_dot(form, BlockSizes(cardinality, 4, 256))
    skips = [line for line in source.splitlines() if re.search(r'class="[^"]*\bskip\b', line)]
    assert len(skips) == 1
    assert skips[0].strip().startswith("x -> sum ")
    assert render(source, "svg").count(b"skip") >= 1


@pytest.mark.parametrize(("cardinality", "paths", "hidden"), [(1, 1, 0), (4, 4, 0), (5, 3, 2), (32, 3, 29)])
def test_paths_are_drawn_or_counted(cardinality: int, paths: int, hidden: int) -> None:
    source = resnext_forms_dot("split_transform_merge", BlockSizes(cardinality, 4, 256))
    assert len(set(re.findall(r"path\d+\.conv1", source))) == paths
    assert ("more" in source) == bool(hidden)
    assert not hidden or f"… {hidden} more" in source


def test_labels_are_the_papers() -> None:
    assert "256, 1 × 1, 128" in resnext_forms_dot("grouped_convolution", SIZES)
    assert "128, 3 × 3, 128\\n32 groups" in resnext_forms_dot("grouped_convolution", SIZES)
    assert "4, 3 × 3, 4" in resnext_forms_dot("split_transform_merge", SIZES)
    assert "concatenate\\n128 channels" in resnext_forms_dot("early_concatenation", SIZES)
    assert "256, 1 × 1, 4" in resnext_forms_dot("early_concatenation", SIZES)


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(KeyError):
        resnext_forms_dot("nope", SIZES)
