"""Which network a file of weights is, told from the names and shapes of its tensors; standard library and `model` only.

A network's keys and shapes follow from its spec by arithmetic, so networks are proposed from the shapes, assembled, and
held against the file. What the values of the tensors say is found in `engine.identification`; files are read in
`engine.files`.
"""
