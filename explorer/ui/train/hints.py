"""Hints on what to look for in a training comparison, chosen by its networks."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from explorer.language import _
from explorer.language.present import kept_by_language
from explorer.model import ModelSpec, SpecError
from explorer.model.variants.shortcuts import is_plain
from explorer.runs.records import RunRecord
from explorer.ui.common.texts import text_of

Specs = Sequence[ModelSpec]
TEXT = "train_hints"


def _deep_and_shallow(specs: Specs, *, plain: bool) -> bool:
    return len({spec.depth for spec in specs if is_plain(spec) is plain}) > 1


def _twins(specs: Specs) -> bool:
    """Whether a plain network and one with shortcuts are otherwise equal."""
    with_shortcuts = [spec for spec in specs if not is_plain(spec)]
    return any(_as_plain(spec) in specs for spec in with_shortcuts)


def _as_plain(spec: ModelSpec) -> ModelSpec | None:
    try:
        return replace(spec, shortcut="none")
    except SpecError:
        return None


CONDITIONS: Mapping[str, Callable[[Specs], bool]] = {
    "degradation": lambda specs: _deep_and_shallow(specs, plain=True),
    "residual-depth": lambda specs: _deep_and_shallow(specs, plain=False),
    "twins": _twins,
    "gradients": lambda specs: any(is_plain(spec) and spec.norm != "none" for spec in specs),
    "no-norm": lambda specs: any(spec.norm == "none" for spec in specs),
    "scale": lambda specs: any(spec.skip == "scale" and spec.skip_scale != 1.0 for spec in specs),
    "order": lambda specs: len({spec.activation_order for spec in specs if not is_plain(spec)}) > 1,
    "branch": lambda specs: any(not is_plain(spec) for spec in specs),
    "seeds": lambda specs: True,
}
"""The condition of each paragraph by its heading, in the order in which they are shown."""


@kept_by_language(maxsize=None)
def paragraphs() -> Mapping[str, str]:
    """The paragraphs of the text by heading."""
    parts = re.split(r"^## (.+)$", text_of(TEXT), flags=re.MULTILINE)[1:]
    return {heading.strip(): text.strip() for heading, text in zip(parts[::2], parts[1::2], strict=True)}


def hints_for(specs: Specs) -> list[str]:
    """The paragraphs that apply to these networks."""
    return [paragraphs()[name] for name, applies in CONDITIONS.items() if applies(specs)]


def show_hints(runs: Sequence[RunRecord]) -> None:
    """Draws the paragraphs for a training comparison in a closed expander."""
    specs = []
    for run in runs:
        try:
            specs.append(run.spec)
        except SpecError:
            continue
    with st.expander(_("What to look for"), icon=":material/visibility:", key="hints"):
        for text in hints_for(specs):
            st.markdown(text)
