"""Which of several networks a file of weights was trained as: candidates are run on images and held to their norms.

A trained batch norm keeps the mean and variance of what flowed into it. Files are read in `engine.files`; candidates
come from `identify`, which knows names and shapes only.
"""

from explorer.engine.identification.file_tensors import file_tensors
from explorer.engine.identification.images import Images, dataset_images, photographs
from explorer.engine.identification.networks import by_name_or_order
from explorer.engine.identification.weigh import weigh

__all__ = ["Images", "by_name_or_order", "dataset_images", "file_tensors", "photographs", "weigh"]
