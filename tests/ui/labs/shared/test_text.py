"""The texts of the labs: every section exists, and its mathematics is that of the code."""

import re
from math import isclose, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.theory import skip_factor, skip_product, skip_products
from explorer.language import speaking
from explorer.language.catalogues import languages
from explorer.model import ModelSpec
from explorer.ui.common.texts import sections_of
from explorer.ui.labs.registry import LABS
from explorer.ui.labs.shared import text
from tests.texts import markdown_texts

PRODUCT = re.compile(r"\\prod_\{i=l\}\^\{L-1\} \\lambda_i")
DISPLAY = re.compile(r"\$\$|\$\$[^$]+\$\$[.,]?")
POWER = re.compile(r"\$?(\d+(?:\.\d+)?)\^\{(\d+)\} = (\d+(?:\.\d+)?)")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.name)
def test_every_part_has_its_words(lab, language: str) -> None:  # type: ignore[no-untyped-def]
    with speaking(language):
        found = text.sections(lab.name)
    assert {"intro", *(part.name for part in lab.parts)} <= set(found)
    assert all(found.values())


@pytest.mark.parametrize(("language", "file"), markdown_texts("labs"))
def test_mathematics_is_set_as_mathematics(language: str, file: str) -> None:
    with speaking(language):
        sections = sections_of(file)
    for section, words in sections.items():
        # A display is mathematics only in one line, or where its dollars stand on lines of their own.
        assert all(DISPLAY.fullmatch(line.strip()) for line in words.splitlines() if "$$" in line), section
        assert words.count("$") % 2 == 0, section
        for formula in re.findall(r"\$\$(.*?)\$\$|\$([^$]+)\$", words, re.DOTALL):
            inside = "".join(formula)
            assert inside.count("{") == inside.count("}"), section
            opened, closed = (len(re.findall(rf"\\{side}(?![a-z])", inside)) for side in ("left", "right"))
            assert opened == closed, section


SENTENCE_END = re.compile(r"(?<=[.?:])\s|(?<=[。？：])")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("lab", LABS)
def test_a_plain_sentence_comes_before_every_formula(lab: str, language: str) -> None:
    with speaking(language):
        first = {name: SENTENCE_END.split(words)[0] for name, words in text.sections(lab).items()}
    assert [name for name, sentence in first.items() if "$" in sentence] == []


@given(st.lists(st.floats(0, 1.5), min_size=2, max_size=40), st.data())
def test_the_product_of_the_text_is_the_one_that_is_computed(factors: list[float], data: st.DataObject) -> None:
    equation = text.section("signal", "factor")
    assert len(PRODUCT.findall(equation)) == 2, "once forwards, once backwards"
    low = data.draw(st.integers(0, len(factors) - 1))
    high = data.draw(st.integers(low, len(factors)))
    # As it is printed: from i = l up to and with L - 1.
    printed = prod(factors[i] for i in range(low, (high - 1) + 1))
    assert isclose(printed, skip_product(factors[low:high]), rel_tol=1e-12, abs_tol=1e-300)


def test_the_recursion_of_the_text_leads_to_its_product() -> None:
    assert r"x_{l+1} = \lambda_l x_l + F(x_l, W_l)" in text.section("signal", "factor")
    lambdas, branches, x = (0.5, 1.1, 0.9), (2.0, -1.0, 3.0), 4.0
    far = x
    for factor, branch in zip(lambdas, branches, strict=True):
        far = factor * far + branch
    absorbed = sum(branch * skip_product(lambdas[i + 1 :]) for i, branch in enumerate(branches))
    assert isclose(far, skip_product(lambdas) * x + absorbed)


@pytest.mark.parametrize("section", ["factor_reveal"])
def test_powers_in_the_text_are_right(section: str) -> None:
    found = POWER.findall(text.section("signal", section))
    assert found
    for base, exponent, value in found:
        digits = len(value.partition(".")[2])
        assert round(skip_products(float(base), int(exponent))[-1], digits) == float(value)


def test_gates_are_as_open_as_the_text_says() -> None:
    named = re.findall(r"bias of (−?\d)", " ".join(text.section("shortcuts", "kinds").split()))
    assert named == ["−6", "0"], "almost open, half open"
    almost, half = (skip_factor(ModelSpec(skip="shortcut_gate", gate_bias=bias)) for bias in (-6.0, 0.0))
    assert almost > 0.99
    assert half == 0.5


@pytest.mark.parametrize(("lab", "section"), [("signal", "blocks_reveal"), ("degradation", "sweep_reveal")])
def test_no_plain_network_with_norms_is_said_to_have_vanishing_gradients(lab: str, section: str) -> None:
    said = re.findall(r"(\w+) vanish", " ".join(text.section(lab, section).split()))
    assert said
    assert set(said) <= {"nothing", "not"}
