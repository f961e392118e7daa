"""One network's cost under the counting conventions in use, each difference explained by its term."""

from explorer.analysis.conventions.reconcile import Convention, Term, reconcile

__all__ = ["Convention", "Term", "reconcile"]
