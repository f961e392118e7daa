"""The page Train: setting up a training comparison, watching it, reading its result."""
