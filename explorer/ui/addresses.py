"""The addresses of all pages in one table, and its documentation."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from explorer.ui.build import draft, view_options
from explorer.ui.classroom import page as classroom
from explorer.ui.common import lesson_step, visitor_language
from explorer.ui.common.address import AddressField, PageAddress
from explorer.ui.compare import setup as compare
from explorer.ui.figures import page as figures
from explorer.ui.labs import registry as labs
from explorer.ui.lesson import page as lesson
from explorer.ui.runs import filters as runs
from explorer.ui.start import page as start
from explorer.ui.train import setup as train

BUILD = PageAddress("", (*draft.ADDRESS.fields, *view_options.ADDRESS.fields))
ADDRESSES: Mapping[str, PageAddress] = MappingProxyType(
    {
        address.page: address
        for address in (
            *(BUILD, start.ADDRESS, lesson.ADDRESS, lesson_step.LESSONS, compare.ADDRESS, train.ADDRESS),
            *(labs.ADDRESS, runs.ADDRESS, figures.ADDRESS, classroom.ADDRESS),
        )
    }
)
"""By the page's path."""
INTRODUCTION = """\
# Addresses

Everything that a page shows stands in its address, so that a link opens the same view in another browser. A value at
its default is left out. A value that does not fit is not used: the page says so in one sentence, with what is used
instead, and the rest of the link stands. `python -m scripts.addresses` writes this page
from the same table that reads the addresses.
"""


def documentation() -> str:
    """The guide's page on addresses, as Markdown."""
    every = _section("## Every page", [visitor_language.FIELD, *lesson_step.EVERYWHERE.fields])
    return "\n".join([INTRODUCTION, *every, *chain.from_iterable(map(_page, ADDRESSES.values()))])


def _page(address: PageAddress) -> Iterator[str]:
    yield from _section(f"## {address.page.capitalize() or 'Build'}: `/{address.page}`", address.fields)
    for lab in labs.LABS.values() if address is labs.ADDRESS else ():
        for part in lab.parts:
            heading = f"### {lab.title}, {part.title}: `/labs?lab={lab.name}&part={part.name}`"
            yield from _section(heading, part.fields)


def _section(heading: str, fields: Sequence[AddressField]) -> Iterator[str]:
    yield f"{heading}\n"
    if not fields:
        yield "Nothing but the page.\n"
        return
    yield "| name | label | values | default | meaning |\n| --- | --- | --- | --- | --- |"
    for field in fields:
        cells = (f"`{field.name}`", field.label, _values(field), _default(field), field.help)
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""


def _values(field: AddressField) -> str:
    times = f", up to {field.most:,} times" if field.most else ""
    return f"{field.type.describe()}{times}"


def _default(field: AddressField) -> str:
    texts = [field.type.write(each) for each in (field.default if field.most else [field.default])]
    return ", ".join(f"`{text}`" for text in texts if text) or "none"
