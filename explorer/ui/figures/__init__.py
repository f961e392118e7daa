"""The page Figures: published tables beside what is computed here."""
