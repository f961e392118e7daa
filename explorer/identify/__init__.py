"""Which network a file of weights is, told from the names and shapes of its tensors; standard library and `model` only.

A network's keys and shapes follow from its spec by arithmetic, so networks are proposed from the shapes, assembled, and
held against the file. Not searched for, so said to be unknown or the nearest network: squeeze and excitation whose
squeezed width is not smaller, chains of single convolutions behind transitions of 3x3 convolutions, stems of other
kernels than 7x7 and 3x3, hidden linear layers in a head without a classifier, more than two hidden linear layers, and
units of several kinds in one network. What the values of the tensors say is found in `engine.identification`; files
are read in `engine.files`.
"""
