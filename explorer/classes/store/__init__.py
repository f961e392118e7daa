"""The tables of classes, beside the run store in the same database; all SQL on them is here."""
