"""The page Runs: the visitor's trainings, their curves, and actions on them."""
