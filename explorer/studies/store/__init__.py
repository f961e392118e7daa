"""The tables of studies and all SQL on them."""
