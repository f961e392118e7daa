"""What every lab uses: the frame of a lab, its controls, experiments, charts and texts."""
