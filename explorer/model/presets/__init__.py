"""Known networks by name. Other modules read `catalogue`; the rows are in `tables`."""
