"""How the command line reports an error."""

import sys


def print_error(message: str) -> None:
    """Prints a message as one line on standard error."""
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
