"""What several labs use: controls, experiments, charts, texts, the choice of a network. Imports no lab."""
