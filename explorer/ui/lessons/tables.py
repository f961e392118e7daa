"""What lessons may say of the pages, from the same tables that read the pages' addresses."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from explorer.lessons.tables import StepQuery
from explorer.ui.addresses import ADDRESSES
from explorer.ui.common.address import PageAddress
from explorer.ui.common.address_types import NetworkName
from explorer.ui.labs import registry
from explorer.ui.labs.shared.lab import Lab, Part
from explorer.ui.train.question import question_of
from explorer.ui.train.setup import TrainingSetup

PAGES = ("", "compare", "train", "labs", "figures")
"""The paths of the pages that a step may show: not those that are about the visitor."""
LABS, TRAIN = "labs", "train"


def address_of(page: str, query: StepQuery) -> PageAddress:
    """The fields of a page's address; of the labs, those of the lab and the part that the query names."""
    if page != LABS:
        return ADDRESSES[page]
    return registry.part_address(*_part(query))


def _part(query: StepQuery) -> tuple[Lab, Part]:
    name, part = ((query.get(each) or ("",))[-1] for each in (registry.LAB, registry.PART))
    lab = registry.LABS.get(name, next(iter(registry.LABS.values())))
    return lab, lab.part(part)


def locked_names(page: str, query: StepQuery, opened: Collection[str]) -> frozenset[str]:
    """The names of a page's address whose controls a step locks; none where an open control sets the others too."""
    controls = [field for field in address_of(page, query).fields if field.is_control]
    if any(field.sets_others and field.name in opened for field in controls):
        return frozenset()
    return frozenset(field.name for field in controls if field.name not in opened)


def networks_of(page: str, query: StepQuery) -> list[str]:
    """The names or links of the networks that the query of a page names."""
    values = address_of(page, query).read(query).values
    fields = [field for field in address_of(page, query).fields if isinstance(field.type, NetworkName)]
    named = [values[field.name] for field in fields if values.get(field.name)]
    return [name for each in named for name in (each if isinstance(each, list) else [each])]


@dataclass(frozen=True)
class AppTables:
    """The tables of this app, for the parser of lessons."""

    def pages(self) -> Collection[str]:
        return PAGES

    def read(self, page: str, query: StepQuery) -> tuple[StepQuery, Sequence[str]]:
        read = address_of(page, query).read(query)
        fitting = {name: query[name] for name in read.values if name not in read.problems}
        if page == LABS:
            # An address of the labs always names lab and part.
            lab, part = _part(fitting)
            fitting |= {registry.LAB: (lab.name,), registry.PART: (part.name,)}
        return fitting, read.warnings

    def controls(self, page: str, query: StepQuery) -> Collection[str]:
        return [field.name for field in address_of(page, query).fields if field.is_control]

    def asks(self, page: str, query: StepQuery) -> bool:
        if page == TRAIN:
            return question_of(TrainingSetup.from_query(query)) is not None
        return page == LABS and _part(query)[1].asks
