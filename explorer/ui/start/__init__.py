"""The start page: what the app is, a residual block in motion, three doors. It imports nothing that loads slowly."""
