"""One network's cost as different counters report it: the module that is counted, and a table of the costs."""

from collections.abc import Sequence

from explorer.analysis.conventions import Convention, CountedModule, library_module, printed_module, remarks
from explorer.model import ModelSpec
from explorer.outputs.code.network import function_paths
from explorer.outputs.tables.table import Table

COLUMNS = {
    "name": "counter",
    "calls": "its word",
    "value": "value",
    "unit": "what it counts",
    "difference": "against the first",
    "terms": "terms",
}


def counted_module(spec: ModelSpec) -> CountedModule:
    """The library's own module where a library has this network under a name, else the one of the printed code."""
    return library_module(spec) or printed_module(function_paths(spec))


def module_sentence(spec: ModelSpec, module: CountedModule) -> str:
    """Which module is counted for `spec`, and what counters do not see there as torch's own layers."""
    found = remarks(spec, module)
    where = f"where {', and '.join(found)}" if found else "whose layers are all modules of torch's own"
    if module.library:
        return f"Counted in the module that {module.library} has for {module.network}, {where}."
    return f"Counted in the module that the printed code builds, {where}."


def conventions_table(conventions: Sequence[Convention]) -> Table:
    """A row for each counter, with its difference from the first, the papers', in percent."""
    rows = tuple(_row(convention, conventions[0]) for convention in conventions)
    return Table("Cost by counter", tuple(COLUMNS), tuple(COLUMNS.values()), rows)


def _row(convention: Convention, base: Convention) -> tuple[str | int, ...]:
    terms = ", ".join(term.name for term in convention.terms)
    difference = f"{100 * (convention.value / base.value - 1):+.2f} %"
    return (convention.name, convention.calls_it, convention.value, convention.unit, difference, terms)
