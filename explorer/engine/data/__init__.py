"""Images as tensors: the loaders of the data sets and the batches that training reads.

Finding and importing files belongs to `datasets`.
"""
