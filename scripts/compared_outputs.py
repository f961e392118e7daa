"""Compares presets with libraries' networks and writes the record: `python -m scripts.compared_outputs timm`.

An argument is torchvision, timm or Keras, or one preset of one of them, such as `Keras:keras_resnet50`. The other rows
stay. Keras needs an environment that has it; the largest of timm's networks takes 12 GB of memory, all of timm's half
an hour on two cores.
"""

import csv
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import timm
import torch
import torchvision

import explorer.analysis
from explorer.analysis.compared_outputs import COLUMNS, FILE, fields_text
from explorer.model import PRESETS, preset
from scripts.keras_networks import NETWORKS, keras_differences, load_keras
from scripts.library_networks import output_differences

RECORD = Path(explorer.analysis.__file__).parent / FILE

Line = dict[str, str]
Compared = tuple[str, dict[int, float]]
"""The library's version, and the largest relative difference by image size."""


@dataclass(frozen=True)
class Library:
    """A library's networks that are presets: its own names by the preset's, and how one of them is compared."""

    networks: Mapping[str, str]
    compare: Callable[[str], Compared]


def _keras(name: str) -> Compared:
    keras = load_keras()
    return keras.__version__, keras_differences(keras, name)


LIBRARIES: Mapping[str, Library] = {
    "torchvision": Library(
        {name: name for name, known in PRESETS.items() if known.library.startswith("torchvision.")},
        lambda name: (torchvision.__version__, output_differences("torchvision", name)),
    ),
    "timm": Library(
        {name: name for name in PRESETS if name in timm.list_models()},
        lambda name: (timm.__version__, output_differences("timm", name)),
    ),
    "Keras": Library(NETWORKS, _keras),
}


def compared(library: str, name: str) -> Line:
    """The row of one preset."""
    version, differences = LIBRARIES[library].compare(name)
    sys.stderr.write(f"{library} {name}: {differences}\n")
    return dict(
        zip(
            COLUMNS,
            (
                *(library, _release(version), _release(torch.__version__)),
                *(LIBRARIES[library].networks[name], name, fields_text(preset(name))),
                *(f"{each:.2g}" for each in differences.values()),
            ),
            strict=True,
        )
    )


def _release(version: str) -> str:
    """Without what says for which processor it was built."""
    return version.partition("+")[0]


def wanted(arguments: list[str]) -> Iterator[tuple[str, str]]:
    """Library and preset of each comparison that is asked for."""
    for argument in arguments:
        library, _, name = argument.partition(":")
        yield from ((library, each) for each in ([name] if name else LIBRARIES[library].networks))


def main(arguments: list[str]) -> None:
    """Compares, and puts the outcome in the place of the rows before it."""
    lines = csv.DictReader(RECORD.read_text(encoding="utf-8").splitlines()) if RECORD.exists() else ()
    rows = {(line["library"], line["preset"]): line for line in lines}
    rows |= {(library, name): compared(library, name) for library, name in wanted(arguments)}
    with RECORD.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        places = [(library, name) for library, each in LIBRARIES.items() for name in each.networks]
        writer.writerows(rows[place] for place in places if place in rows)


if __name__ == "__main__":
    main(sys.argv[1:])
