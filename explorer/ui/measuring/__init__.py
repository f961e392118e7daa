"""Timings and memory measured on this machine, for Build and Compare."""
