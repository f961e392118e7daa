"""Paths through the unrolled network: at each addition a signal takes the shortcut or the branch (Veit et al. 2016)."""

from explorer.model import Graph


def path_lengths(graph: Graph) -> tuple[int, ...]:
    """How many paths pass 0, 1, ..., n residual branches; entry k is the number of paths of length k.

    With n residual blocks that is the binomial coefficient "n over k": most ways are about n/2 long (section 3). A
    plain network has one way, through all of its blocks.
    """
    blocks = [placed.block for _, placed in graph.placed_blocks() if placed.is_unit]
    residual = sum(block.merge is not None for block in blocks)
    counts = [1]
    for length in range(residual):
        counts.append(counts[-1] * (residual - length) // (length + 1))
    return (0,) * (len(blocks) - residual) + tuple(counts)
