"""The laboratories: a frame that all share, and a module for each. A new laboratory is one entry in `registry`."""
