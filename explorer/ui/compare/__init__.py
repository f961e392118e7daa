"""The page Compare: several networks side by side."""
