"""Numbers as people read them."""

from explorer.model.ops import Shape

SI = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
BYTES = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def short(count: float) -> str:
    """Four digits and a prefix: 4,089,184,256 is `4.089 G`."""
    for size, prefix in SI:
        if count >= size:
            return f"{count / size:.4g} {prefix}"
    return f"{count:,.4g}"


def size(count: int) -> str:
    """Bytes with a binary prefix: `82.1 MiB`."""
    for unit, prefix in BYTES:
        if count >= unit:
            return f"{count / unit:.3g} {prefix}" if count < 1000 * unit else f"{count / unit:,.0f} {prefix}"
    return f"{count} B"


def shape(sides: Shape) -> str:
    """`64 × 56 × 56`."""
    return " × ".join(f"{side:,}" for side in sides)


def duration(seconds: float | None) -> str:
    """`8 s`, `2 min 05 s`, `1 h 10 min`; a dash where it is not known."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
