"""One network's cost as different counters report it: the module that is counted, and a table of the costs."""

from collections.abc import Sequence

from explorer.analysis.conventions import Convention, CountedModule, library_module, printed_module, remarks
from explorer.language import N_, _
from explorer.model import ModelSpec
from explorer.outputs.code.network import function_paths
from explorer.outputs.tables.table import Table

COLUMNS = {
    "name": N_("counter"),
    "calls": N_("its word"),
    "value": N_("value"),
    "unit": N_("what it counts"),
    "difference": N_("against the first"),
    "terms": N_("terms"),
}


def counted_module(spec: ModelSpec) -> CountedModule:
    """The library's own module where a library has this network under a name, else the one of the printed code."""
    return library_module(spec) or printed_module(function_paths(spec))


def module_sentence(spec: ModelSpec, module: CountedModule) -> str:
    """Which module is counted for `spec`, and what counters do not see there as torch's own layers."""
    found = remarks(spec, module)
    where = _("where {remarks}") if found else _("whose layers are all modules of torch's own")
    where = where.format(remarks=_(", and ").join(map(_, found)))
    if module.library:
        return _("Counted in the module that {library} has for {network}, {where}.").format(
            library=module.library, network=module.network, where=where
        )
    return _("Counted in the module that the printed code builds, {where}.").format(where=where)


def conventions_table(conventions: Sequence[Convention]) -> Table:
    """A row for each counter, with its difference from the first, the papers', in percent."""
    rows = tuple(_row(convention, conventions[0]) for convention in conventions)
    return Table(N_("Cost by counter"), tuple(COLUMNS), tuple(COLUMNS.values()), rows)


def _row(convention: Convention, base: Convention) -> tuple[str | int, ...]:
    terms = ", ".join(term.name for term in convention.terms)
    difference = f"{100 * (convention.value / base.value - 1):+.2f} %"
    return (convention.name, convention.calls_it, convention.value, convention.unit, difference, terms)
