"""A duration as a rounded text."""


def rounded_seconds(seconds: float) -> str:
    """`under 1 s`, `5 s`, `10.0 min`."""
    if seconds < 1:
        return "under 1 s"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
