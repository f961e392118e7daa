"""The values of an identified file, for its candidates."""

from explorer.engine.files import WeightFile
from explorer.engine.identification.networks import TensorsOf, by_name_or_order
from explorer.identify.records import Identification
from explorer.model import assemble


def file_tensors(identification: Identification, file: WeightFile) -> TensorsOf:
    """The tensors of a file that has a network (`spec` is not None), for every candidate of `weigh`.

    Only those that have a place in the network are read. A classifier that is stored as a 1x1 convolution becomes a
    matrix. Raises WeightsError where the values cannot be read.
    """
    assert identification.spec is not None
    shapes = {
        f"{path}.{name}": shape
        for path, node in assemble(identification.spec).nodes()
        for name, shape in (node.op.parameters() | node.op.buffers()).items()
    }
    pairs = [pair for pair in identification.renaming if pair.ours in shapes]
    values = file.load(identification.wrapping + pair.theirs for pair in pairs)
    by_ours = {pair.ours: each.reshape(shapes[pair.ours]) for pair, each in zip(pairs, values, strict=True)}
    return by_name_or_order({name: by_ours[name] for name in shapes if name in by_ours})
