"""Which network a file of weights is, told from the names and shapes of its tensors; standard library and `model` only.

A network's keys and shapes follow from its spec by arithmetic, and the assembly can be inverted: larger kernels give
stem, blocks, stages and head (`estimate`, `bodies`, `stages`, `heads`), the 1x1 that blocks leave give shortcuts, gates
and attention (`connections`), then come norms and biases (`arrangements`). Each step compares only the tensors on which
its fields act. Not searched for, so said to be unknown or the nearest network: stems of other kernels than 7x7 and 3x3,
units of several kinds in one network, and readings beyond the likeliest 24 of one file. Where a stage of as many
channels as the one before begins is read from names and projections; without them such stages are one, and a few other
places are among what is undecided, as are other ends and pools (`rivals`).
What the values of the tensors say is found in `engine.identification`; files are read in `engine.files`.
"""
