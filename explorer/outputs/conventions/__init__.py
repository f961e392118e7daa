"""One network's cost under the counting conventions in use, each difference explained by its term."""

from explorer.outputs.conventions.reconcile import Convention, Term, reconcile

__all__ = ["Convention", "Term", "reconcile"]
