"""The same things as the pages, without a browser."""
