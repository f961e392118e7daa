"""The tables of shared runs and all SQL on them."""
