"""One test over many cases: every case is checked, and the message names all that fail."""

from collections.abc import Callable, Iterable


def failures(names: Iterable[str], check: Callable[[str], None]) -> dict[str, str]:
    """The first line of each failed assertion, by the name of its case; empty where every check holds."""
    failed = {}
    for name in names:
        try:
            check(name)
        except AssertionError as error:
            failed[name] = str(error).partition("\n")[0]
    return failed
