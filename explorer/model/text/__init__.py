"""A spec as text and back: JSON and the short form in a page's address."""
