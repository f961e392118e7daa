"""What follows from a graph by arithmetic: counts, memory, receptive field, paths, costs, claims, published figures.

Nothing here formats a number for a reader, draws, or imports torch.
"""
