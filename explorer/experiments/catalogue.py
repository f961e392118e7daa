"""Every probe as a page offers it: words, settings with bounds, and how long it usually takes.

The measuring itself is in `explorer.engine.experiments`, which has one function for each name in this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from explorer.experiments.parameters import Parameter
from explorer.model.field_types import Choice, Flag, Real, RealList, Text, Whole, WholeList

DIRECTIONS = {"random": "random, filter-normalised", "pca": "along the training path (PCA)"}
DEVICES = {"auto": "the fastest there is", "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"}
OPTIMISERS = {"sgd": "SGD", "momentum": "SGD with momentum", "adam": "Adam"}
PRECISIONS = {"fp32": "fp32", "bf16": "bf16 autocast"}
PASSES = {"inference": "forward only", "both": "forward, and forward + backward"}


@dataclass(frozen=True)
class ExperimentFacts:
    """A probe before it runs.

    `networks` is how many it takes, `trains` whether it uses the training settings, `seconds` what it takes on one core
    with the default settings and the networks of `networks.defaults`; shared out over two processes it is half.
    """

    name: str
    label: str
    about: str
    source: str
    networks: tuple[int, int]
    seconds: float
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    trains: bool = True


SEEDS = Parameter(Whole(1, 5), 1, "Seeds", "Repetitions with other weights and batches.")

_ALL = (
    ExperimentFacts(
        "signal_and_gradient",
        "Signal and gradient",
        "Size of the stream, of the branches and of the gradients, block by block, at the start and in training.",
        "He et al. 2016, section 2; He et al. 2015, section 4.2",
        networks=(1, 6),
        seconds=5,
        parameters={
            "readings": Parameter(
                WholeList(0, 100_000, 8), (0, 20, 60), "Readings after", "Steps after which the network is looked at."
            ),
            "images": Parameter(Whole(8, 1024), 64, "Images", "Training images in the batch that is looked at."),
        },
    ),
    ExperimentFacts(
        "lambda_sweep",
        "Lambda on the shortcut",
        "A constant factor on every shortcut: the product it should make, the one measured, and what training makes.",
        "He et al. 2016, section 2, Eqn. 5",
        networks=(1, 1),
        seconds=20,
        parameters={
            "factors": Parameter(
                RealList(0.0, 1.5, 9), (0.5, 0.8, 0.9, 1.0, 1.1, 1.5), "Lambda", "Factors to try on the shortcut."
            ),
            "images": Parameter(Whole(8, 1024), 64, "Images", "Training images that measure the product."),
        },
    ),
    ExperimentFacts(
        "lesion",
        "Lesion",
        "Drops and swaps blocks of trained networks and looks at the test error.",
        "Veit et al. 2016, Figs. 3 and 5",
        networks=(1, 4),
        seconds=7,
        parameters={
            "counts": Parameter(
                WholeList(1, 1000, 10, empty=True), (1, 2, 3, 5, 7), "Blocks dropped together", "How many at a time."
            ),
            "swaps": Parameter(
                WholeList(1, 1000, 10, empty=True), (1, 2, 4, 8), "Swaps", "Random swaps of blocks of one stage."
            ),
            "draws": Parameter(Whole(1, 50), 5, "Draws", "Random choices for each number."),
            "seeds": SEEDS,
        },
    ),
    ExperimentFacts(
        "landscape",
        "Loss landscape",
        "The loss around trained weights along filter-normalised directions, with the batch's own statistics.",
        "Li et al. 2018, section 4",
        networks=(1, 4),
        seconds=10,
        parameters={
            "directions": Parameter(Choice(DIRECTIONS), "random", "Directions", "What spans the slice."),
            "dimensions": Parameter(Whole(1, 2), 2, "Dimensions", "A line or a plane."),
            "points": Parameter(
                Whole(0, 51), 0, "Points a side", "0 lets the time allowed decide; even numbers are raised by one."
            ),
            "seconds": Parameter(Whole(1, 300), 6, "Seconds", "Time allowed for all slices together."),
            "radius": Parameter(Real(0.05, 4.0), 1.0, "Radius", "How far it reaches; 1 is the weights' own length."),
            "images": Parameter(Whole(16, 4096), 256, "Images", "Training images that make up the loss."),
            "snapshots": Parameter(
                Whole(3, 200), 25, "Points of the path", "Moments of training shown on a slice along its path."
            ),
            "seeds": SEEDS,
        },
    ),
    ExperimentFacts(
        "look_inside",
        "Look inside",
        "One test image on its way through a network: x, F(x) and their sum, as pictures.",
        "He et al. 2015, Fig. 2",
        networks=(1, 4),
        seconds=5,
        parameters={
            "image": Parameter(Whole(0, 99_999), 0, "Image", "Number of the test image."),
            "block": Parameter(Text(), "", "Block", "Path of one block, such as layer1.0; empty for all."),
            "channels": Parameter(Whole(1, 64), 8, "Channels", "Those in which the sum varies most."),
            "trained": Parameter(Flag(), True, "Trained", "Or with the weights it starts from."),
            "seeds": SEEDS,
        },
    ),
    ExperimentFacts(
        "gradient_paths",
        "Gradient by path length",
        "How much gradient reaches the input over paths of each length, and how many such paths there are.",
        "Veit et al. 2016, Fig. 6",
        networks=(1, 4),
        seconds=3,
        parameters={
            "samples": Parameter(Whole(1, 100), 10, "Samples", "Random paths of each length."),
            "images": Parameter(Whole(8, 1024), 64, "Images", "Training images that make up the loss."),
            "trained": Parameter(Flag(), True, "Trained", "Or with the weights it starts from."),
            "seeds": SEEDS,
        },
    ),
    ExperimentFacts(
        "short_race",
        "Short training",
        "Trains networks one after another on the same batches.",
        "",
        networks=(1, 12),
        seconds=4,
        parameters={"seeds": SEEDS},
    ),
    ExperimentFacts(
        "depth_sweep",
        "Depth sweep",
        "The same network at several depths, with its shortcuts and without.",
        "He et al. 2015, Table 6 and Fig. 6",
        networks=(1, 1),
        seconds=15,
        parameters={
            "blocks": Parameter(
                WholeList(1, 60, 8), (1, 3, 6), "Blocks per stage", "Depth is 6 times this and 2, with small networks."
            ),
            "seeds": SEEDS,
        },
    ),
    ExperimentFacts(
        "measure",
        "Time and memory",
        "Latency, throughput and peak memory on this machine, warmed up, with their spread.",
        "",
        networks=(1, 12),
        seconds=4,
        parameters={
            "batch": Parameter(Whole(1, 1024), 1, "Batch", "Images at a time."),
            "passes": Parameter(Choice(PASSES), "both", "Passes", "What is timed."),
            "precision": Parameter(Choice(PRECISIONS), "fp32", "Precision", "Of the arithmetic."),
            "optimiser": Parameter(Choice(OPTIMISERS), "momentum", "Optimiser", "Whose state the memory holds."),
            "device": Parameter(Choice(DEVICES), "auto", "Device", "Where it is measured."),
            "threads": Parameter(Whole(1, 64), 1, "Threads", "Of the processor."),
            "seconds": Parameter(Whole(1, 60), 4, "Seconds", "Time allowed for all networks together."),
        },
        trains=False,
    ),
    ExperimentFacts(
        "layer_times",
        "Time of every layer",
        "Forward passes in which the clock is read before and after every layer.",
        "",
        networks=(1, 4),
        seconds=2,
        parameters={
            "batch": Parameter(Whole(1, 1024), 1, "Batch", "Images at a time."),
            "repeats": Parameter(Whole(3, 200), 9, "Repeats", "Passes; the median of each layer counts."),
            "device": Parameter(Choice(DEVICES), "auto", "Device", "Where it is measured."),
        },
        trains=False,
    ),
)

CATALOGUE: Mapping[str, ExperimentFacts] = MappingProxyType({facts.name: facts for facts in _ALL})
"""Every probe by name; a new one is one entry here, one result in `results`, one function in the engine."""
