"""Which images there are: the catalogue of data sets, the library on disk, archives and a user's own images.

Decoding and checking happen here; batches and tensors belong to `engine.data`.
"""
