"""The convention reconciler against the counters themselves, on the code that we print: equal to the last one."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from explorer.analysis.conventions import printed_module, reconcile
from explorer.analysis.conventions.libraries import PRINTED
from explorer.model import ModelSpec, assemble, preset
from explorer.outputs.code import generate_code
from explorer.outputs.code.library import EXPRESSIONS
from explorer.outputs.code.network import function_paths
from tests.counters import COUNTERS, count
from tests.generated import load_file
from tests.strategies import specs
from tests.variants import name_of, small_variants

PUBLISHED = ("resnet18", "resnet50", "resnext50_32x4d", "resnetblur18", "seresnet18", "ecaresnet26t", "keras_resnet50")
SMALLER = tuple(replace(preset(name), image_size=64) for name in PUBLISHED)


COUNTED = [
    *((spec, counter) for spec in SMALLER for counter in COUNTERS),
    *(
        (spec, counter) if (place + turn) % len(COUNTERS) < 2 else pytest.param(spec, counter, marks=pytest.mark.slow)
        for place, spec in enumerate(small_variants())
        for turn, counter in enumerate(COUNTERS)
    ),
]
"""Published networks by every counter; each variant by two counters in turn, and by the others where slow tests run."""


@pytest.mark.parametrize(
    ("spec", "counter"), COUNTED, ids=lambda part: part if isinstance(part, str) else name_of(part)
)
def test_equals_the_counter_itself(spec: ModelSpec, counter: str, tmp_path: Path) -> None:
    assert _here(spec, counter) == _counted(spec, counter, tmp_path)


def _here(spec: ModelSpec, counter: str) -> int:
    return next(each.value for each in reconcile(spec, printed_module(function_paths(spec))) if each.name == counter)


def _counted(spec: ModelSpec, counter: str, folder: Path) -> int:
    return count(counter, load_file(generate_code(spec), folder).build, assemble(spec).input_shape)


def test_what_the_code_writes_as_a_function_is_known() -> None:
    """Sums, products, gates and a change of shape are free for every counter, however they are written."""
    free = {"Flatten", "Sigmoid", "Add", "Concatenate", "Multiply", "Complement", "Scale"}
    assert {op.__name__ for op in PRINTED if isinstance(op, type)} == EXPRESSIONS.keys() - free


@given(spec=specs())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_equals_the_counters_on_any_network(spec: ModelSpec) -> None:
    """torchinfo, and ptflops, which tells a module from the function that it calls."""
    for counter in ("torchinfo", "ptflops"):
        with TemporaryDirectory() as folder:
            assert _here(spec, counter) == _counted(spec, counter, Path(folder))
