"""The page Train: it sets up a training comparison, shows it live and shows its results."""
