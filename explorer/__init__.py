"""Residual Explorer: build, count, draw and train the networks of the residual family."""
