"""Reads foreign files of weights: names and shapes, then the values of the tensors that are asked for.

Nothing of a file is run, and of pickles nothing is looked up. What network the tensors make is `identify`'s matter.
"""

from explorer.engine.files.contents import Limits
from explorer.engine.files.errors import WeightsError
from explorer.engine.files.opening import WeightFile, check_file, open_weights

__all__ = ["Limits", "WeightFile", "WeightsError", "check_file", "open_weights"]
