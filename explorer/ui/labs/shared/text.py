"""The texts of the labs and of the lesson."""

from dataclasses import dataclass

import streamlit as st

from explorer.ui.common.glossary import with_terms
from explorer.ui.common.texts import sections_of

READABLE_WIDTH = 900
"""Pixels; longer lines are hard to follow."""


def sections(lab: str) -> dict[str, str]:
    """A lab's sections as Markdown, by name."""
    return sections_of(f"labs/{lab}")


def section(lab: str, name: str) -> str:
    """One section as Markdown. Raises KeyError if the file has no section with this name."""
    return sections(lab)[name]


@dataclass(frozen=True)
class Section:
    """A section of a lab's text that is read where it is shown, in the language of that moment."""

    lab: str
    name: str

    def __str__(self) -> str:
        return section(self.lab, self.name)


def draw_section(lab: str, name: str) -> None:
    """Puts a section on the page; its terms open where they stand."""
    st.markdown(with_terms(sections(lab)[name]), width=READABLE_WIDTH)
