"""The named networks. `catalogue` is what others read; the rows stand in `tables`."""
