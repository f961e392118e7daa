"""The addresses of all pages in one table, and its documentation."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from explorer.ui.build import draft, view_options
from explorer.ui.common.address import AddressField, PageAddress
from explorer.ui.compare import setup as compare
from explorer.ui.figures import page as figures
from explorer.ui.runs import filters as runs
from explorer.ui.train import setup as train

BUILD = PageAddress("", (*draft.ADDRESS.fields, *view_options.ADDRESS.fields))
ADDRESSES: Mapping[str, PageAddress] = MappingProxyType(
    {address.page: address for address in (BUILD, compare.ADDRESS, train.ADDRESS, runs.ADDRESS, figures.ADDRESS)}
)
"""By the page's path."""
INTRODUCTION = """\
# Addresses

Everything that a page shows stands in its address, so that a link opens the same view in another browser. A value at
its default is left out. A value that does not fit is not used: the page names it in one sentence, and the rest of the
link stands; only Build's views (from `tab` on) are left out silently. `python -m scripts.addresses` writes this page
from the same table that reads the addresses.
"""


def documentation() -> str:
    """The guide's page on addresses, as Markdown."""
    return "\n".join([INTRODUCTION, *(line for address in ADDRESSES.values() for line in _section(address))])


def _section(address: PageAddress) -> Iterator[str]:
    yield f"## {address.page.capitalize() or 'Build'}: `/{address.page}`\n"
    yield "| name | label | values | default | meaning |\n| --- | --- | --- | --- | --- |"
    for field in address.fields:
        cells = (f"`{field.name}`", field.label, _values(field), _default(field), field.help)
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""


def _values(field: AddressField) -> str:
    times = f", up to {field.most:,} times" if field.most else ""
    return f"{field.type.describe()}{times}"


def _default(field: AddressField) -> str:
    texts = [field.type.write(each) for each in (field.default if field.most else [field.default])]
    return ", ".join(f"`{text}`" for text in texts if text) or "none"
