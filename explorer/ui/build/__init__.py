"""The page Build: its controls, its numbers and its views of one network."""
