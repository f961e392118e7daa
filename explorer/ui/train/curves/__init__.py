"""The charts of a training: curves, axes, throughput, readings by depth."""
