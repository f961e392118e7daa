"""Which networks were compared with a library's own by their outputs, and how far the outputs differed.

The rows are in a CSV file beside this one, which `python -m scripts.compared_outputs` writes. A row stands for the
fields that the preset had then: a preset whose fields have changed since counts as not compared.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from explorer.language import N_, Sentence, sentence
from explorer.model import ModelSpec, preset
from explorer.model.link import write_value

FILE = "compared_outputs.csv"
SIZES = (64, 97, 224)
"""Image sizes in pixels: even at every stride, odd at most, and the usual one."""
COLUMNS = ("library", "version", "torch", "network", "preset", "fields", *(f"difference_{size}" for size in SIZES))
LARGEST_ACCEPTED = 1e-5
"""Of the largest class score. What differs by more is another function."""
IN_TRAINING_ONLY = frozenset({"zero_init_residual", "drop_path", "drop_path_mode", "block_dropout", "head_dropout"})
"""Fields that have no effect on the outputs of given weights."""

SAME = N_(
    "same function as {whose} {network}: class scores before the softmax, on equal random weights, are equal at {sizes}"
    " and {last} px ({library} {version}, 1,000 classes, float64)"
)
SAME_NEARLY = N_(
    "same function as {whose} {network}: class scores before the softmax, on equal random weights, differ by at most"
    " {largest:.1e} of the largest at {sizes} and {last} px ({library} {version}, 1,000 classes, float64)"
)


@dataclass(frozen=True)
class ComparedOutputs:
    """One network of a library, compared with a preset of ours on the same random weights and images, in float64."""

    library: str
    """As a reader calls it: `torchvision`, `timm`, `Keras`."""
    version: str
    torch: str
    """The version of torch that computed both."""
    network: str
    """The library's name for the network."""
    preset: str
    fields: str
    """The preset's fields as `fields_text` gave them."""
    differences: tuple[float, ...]
    """The largest difference for each of `SIZES`, as a share of the library's largest class score."""

    @property
    def holds(self) -> bool:
        """Whether the outputs agreed, and the preset is still the network that was compared."""
        return max(self.differences) <= LARGEST_ACCEPTED and self.fields == fields_text(preset(self.preset))

    @property
    def sentence(self) -> Sentence:
        """What was found, without a full stop."""
        largest = max(self.differences)
        *others, last = SIZES
        return Sentence(
            SAME_NEARLY if largest else SAME,
            {
                "whose": possessive(self.library),
                "network": self.network,
                "largest": largest,
                "sizes": ", ".join(map(str, others)),
                "last": last,
                "library": self.library,
                "version": self.version,
            },
        )


@cache
def compared_outputs() -> tuple[ComparedOutputs, ...]:
    """Every comparison on record."""
    lines = csv.DictReader(files(__package__).joinpath(FILE).read_text(encoding="utf-8").splitlines())
    return tuple(_row(line) for line in lines)


def compared_with_libraries(name: str) -> tuple[ComparedOutputs, ...]:
    """The comparisons of a preset that hold; empty if it was never compared."""
    return tuple(row for row in compared_outputs() if row.preset == name and row.holds)


def not_compared(spec: ModelSpec, changed_fields: Sequence[str]) -> tuple[str, ...]:
    """The fields, of those in which `spec` differs from a preset, for which the preset's comparison says nothing."""
    covered = IN_TRAINING_ONLY | ({"image_size"} if spec.image_size in SIZES else frozenset())
    return tuple(field for field in changed_fields if field not in covered)


def possessive(library: str) -> Sentence:
    """`timm's`, `Keras'`."""
    return sentence(N_("{library}'") if library.endswith("s") else N_("{library}'s"), library=library)


def fields_text(spec: ModelSpec) -> str:
    """The fields in which a network differs from the default: `block=basic stage_blocks=2-2-2-2`."""
    return " ".join(f"{field}={write_value(value)}" for field, value in spec.changes().items())


def _row(line: dict[str, str]) -> ComparedOutputs:
    named = {name: line[name] for name in COLUMNS[:6]}
    return ComparedOutputs(**named, differences=tuple(float(line[name]) for name in COLUMNS[6:]))
