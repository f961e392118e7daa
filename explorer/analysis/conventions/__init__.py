"""One network's cost under the counting conventions in use, each difference explained by its term."""

from explorer.analysis.conventions.libraries import CountedModule, library_module, printed_module, remarks
from explorer.analysis.conventions.reconcile import Convention, Term, reconcile

__all__ = ["Convention", "CountedModule", "Term", "library_module", "printed_module", "reconcile", "remarks"]
