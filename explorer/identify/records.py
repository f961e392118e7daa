"""What is known of a file of weights, and the answer to which network it is: frozen values, without any formatting."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from explorer.language import Text
from explorer.model import ModelSpec

Grade = Literal["proven", "shapes", "undecided", "unknown"]
"""How sure an answer is.

`proven`: keys, shapes and function: among all networks in public use with these shapes (`identify.public_use`) it is
decided which one, by the statistics of the norms or by the error on labelled images. Fields that remain under
`undecided` then change no norm's statistics, or the class of next to no image; what is as near and in no known network
is under `unexcluded`.
`shapes`: every shape fits and nothing was asked of the values. `undecided`: several networks fit and the values do not
tell them apart. `unknown`: no network of this family fits.
"""


class StoredTensor(NamedTuple):
    """A tensor of a file as its table of contents has it, without its values."""

    path: tuple[str, ...]
    """The keys of the containers that hold it, outermost first, then its own name: `("state_dict", "fc.bias")`."""
    shape: tuple[int, ...]
    dtype: str
    """As torch names it, without `torch.`: `float32`, `bfloat16`, `int64`."""
    transposed: tuple[int, ...] = ()
    """Where the file has the axes in another order than torch: the file's axes in the order of this shape.

    `(3, 2, 0, 1)` for Keras' kernels of convolutions: height, width, inputs, outputs. Empty where the orders are equal.
    """

    @property
    def name(self) -> str:
        """The path as one dotted name: `state_dict.fc.bias`."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Listing:
    """The tensors of a file in the order in which the file has them, which is that of their definition or use."""

    source: str
    """The file's name, without its folder."""
    form: str
    """`PyTorch`, `safetensors`, `ONNX`, `Keras`, `NumPy`."""
    tensors: tuple[StoredTensor, ...]
    skipped: tuple[str, ...] = ()
    """What lay beside the tensors and was left out, each named in a few words."""
    ordered: bool = True
    """Whether the order is that of definition; False where the file's program sorts by name (safetensors)."""


class Renamed(NamedTuple):
    """A tensor's name in the file, and in the network's `state_dict`."""

    theirs: str
    ours: str


@dataclass(frozen=True)
class Explained:
    """How much of the file's part that was matched has a place in the network."""

    tensors: int
    of: int
    parameters: int
    of_parameters: int


class Evidence(NamedTuple):
    """How far a candidate is from what the file's norms remember."""

    spec: ModelSpec
    distance: float | None
    """Mean over the norms of the geometric mean of two distances of stored and observed statistics: the mean absolute
    differences of the variances' logarithms, and of the means in stored deviations.

    Of a candidate of which not all norms were read: those count as many times as far as the best one's as the others.
    None where no norm keeps statistics.
    """
    by_norm: tuple[float, ...] = ()
    """The same for each norm that was read, in the network's order."""
    error: float | None = None
    """Percent wrong on labelled images, where there were any."""


class Normalisation(NamedTuple):
    """The mean and the standard deviation of each channel by which the file's network expects its images normalised."""

    mean: tuple[float, ...]
    """Of pixels from 0 to 1, as is the deviation."""
    std: tuple[float, ...]
    distance: float
    """From what the first norm remembers: mean absolute difference of the logarithms of the variances, and of the means
    in deviations, added."""
    name: str = ""
    """`imagenet`, `cifar10`, ..., `data` for the data set's own, or `fitted`."""
    border: str = "none"
    """What surrounded the images of the training when they were shifted: `black`, `mean`; `none`: not shifted."""
    order: str = "RGB"
    """Of an image's colours, in which mean and deviation are too: `BGR` for networks that come from Caffe."""


@dataclass(frozen=True)
class Identification:
    """The answer: the network, how sure that is, and what is left over."""

    source: str
    spec: ModelSpec | None
    """The network, or the nearest one where none fits; None where nothing of the file resembles one."""
    grade: Grade
    network: str | None = None
    """The name of the known network that the spec is, as `model.identity` finds it."""
    label: Text = ""
    """One line for people: the network's name, or what the file's shapes look like."""
    explained: Explained = Explained(0, 0, 0, 0)
    leftover: tuple[str, ...] = ()
    """The file's tensors without a place in the network."""
    missing: tuple[str, ...] = ()
    """The network's tensors that the file lacks."""
    undecided: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """Fields of the spec that shapes leave open, and their possible values, the spec's own first."""
    unexcluded: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """Fields with values, the spec's own first, that the file's values do not exclude and that no network in public use
    with these shapes has. Empty where the values were not asked."""
    evidence: tuple[Evidence, ...] = ()
    """The candidates that were tried on images, best first."""
    decided_by: Literal["shapes", "norms", "error"] = "shapes"
    normalisation: Normalisation | None = None
    """None where nothing was asked of the values, or where several are as near."""
    normalisations: tuple[Normalisation, ...] = ()
    """Those that were tried on images, the nearest first."""
    reason: Text = ""
    """Why the values decided, or why they did not, in one or two sentences; empty where they were not asked."""
    wrapping: str = ""
    """What stood before the name of each of the network's tensors: `state_dict.module.`."""
    renaming: tuple[Renamed, ...] = ()
    """Every tensor that has a place, by the file's name within the wrapping and by the network's."""
    skipped: tuple[str, ...] = ()
