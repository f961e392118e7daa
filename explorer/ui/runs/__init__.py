"""The page Runs: the trainings of this server, and what can be done with them."""
