"""Which tensor of a file is which of a network: by names where they are known ones, else by order and shape."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from explorer.identify.layers import COUNTER, Layer, Pairs, Signature, Unit, file_layers, network_units
from explorer.identify.names import NAMINGS
from explorer.identify.ordering import natural
from explorer.identify.records import Explained, Listing, Renamed
from explorer.identify.sorted_norms import norms_by_convolutions
from explorer.identify.wrapping import NamedPart, parts_of
from explorer.model import ModelSpec

HEAD = "head"
CLOSING = "norm"
"""The name of the norm after the last unit; the head's other layers may be defined anywhere."""


@dataclass(frozen=True)
class Alignment:
    """A file held against a network."""

    wrapping: str
    """What stands before the names of the part that was matched: `state_dict.module.`."""
    renaming: tuple[Renamed, ...]
    """Every tensor of the part that has a place, by the file's name within the wrapping and by the network's."""
    explained: Explained
    leftover: tuple[str, ...]
    """The part's tensors without a place in the network, by their names within the wrapping."""
    missing: tuple[str, ...]
    """The network's tensors that the part lacks."""
    naming: str
    """Whose names the file's are, as `names.NAMINGS` calls it; empty where order and shapes decided."""
    structure: int
    """Units and stages of the network whose layers stand together in a container of the file that holds no others."""
    follows: bool = True
    """Whether the network's units follow one another in the file, or names decided."""

    @property
    def complete(self) -> bool:
        """Whether the file has every tensor of the network."""
        return not self.missing

    @property
    def rank(self) -> tuple[int, int, bool, bool, int]:
        """Larger for a network that explains more: more tensors, fewer left over, known names, order, structure."""
        placed = len(self.renaming) - len(self.missing)
        return (placed, -len(self.leftover), bool(self.naming), self.follows, self.structure)


def alignment(listing: Listing, spec: ModelSpec) -> Alignment:
    """The file's tensors matched with those of the network of `spec`, in the part of the file that it explains best."""
    tried = [align(part, layers_of(part), spec) for part in parts_of(listing)]
    return max(tried, key=lambda each: (*each.rank, len(each.wrapping)))


def layers_of(part: NamedPart) -> tuple[Layer, ...]:
    """The layers of a part of a file."""
    return file_layers(part.tensors)


def align(part: NamedPart, layers: Sequence[Layer], spec: ModelSpec) -> Alignment:
    """The tensors of a part of a file, with these layers, matched with those of the network of `spec`."""
    units = network_units(spec)
    pairs, naming = by_names(layers, units)
    follows = True
    if len(pairs) < sum(len(unit.layers) for unit in units):
        ordered, in_order = by_order(layers, units)
        if not part.ordered:
            ordered = norms_by_convolutions(ordered, units)
        if len(ordered) > len(pairs):
            pairs, naming, follows = ordered, "", in_order
    return replace(_result(part, layers, units, pairs, naming), follows=follows)


def _result(part: NamedPart, layers: Sequence[Layer], units: Sequence[Unit], pairs: Pairs, naming: str) -> Alignment:
    renaming, missing = [], []
    for layer in (layer for unit in units for layer in unit.layers):
        theirs = {each.leaf: each.name for each in pairs[layer.name].parts} if layer.name in pairs else {}
        for each in layer.parts:
            if each.leaf in theirs:
                renaming.append(Renamed(theirs[each.leaf], each.name))
            else:
                missing.append(each.name)
        if COUNTER in theirs:
            renaming.append(Renamed(theirs[COUNTER], f"{layer.name}.{COUNTER}"))
    placed = {pair.theirs for pair in renaming}
    taken = {id(layer) for layer in pairs.values()}
    parameters = sum(layer.parameters for layer in layers)
    explained = sum(layer.parameters for layer in layers if id(layer) in taken)
    return Alignment(
        part.wrapping,
        tuple(renaming),
        Explained(len(placed), len(part.tensors), explained, parameters),
        tuple(name for name, _ in part.tensors if name not in placed),
        tuple(missing),
        naming,
        structure_of(layers, units, pairs),
    )


# By names -------------------------------------------------------------------------------------------------------------


def by_names(layers: Sequence[Layer], units: Sequence[Unit]) -> tuple[Pairs, str]:
    """The layers with equal names and shapes under the naming that gives the most, and whose naming that is."""
    wanted = {layer.name: layer.signature for unit in units for layer in unit.layers}
    best: Pairs = {}
    source = ""
    for naming, names in zip(NAMINGS, _under_each_naming(tuple(layer.name for layer in layers)), strict=True):
        named = zip(names, layers, strict=True)
        found = {name: layer for name, layer in named if wanted.get(name) == layer.signature}
        if len(found) > len(best):
            best, source = found, naming.source
        if len(best) == len(wanted):
            break
    return best, source


@lru_cache(maxsize=8)
def _under_each_naming(names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """A file's names as each naming has them: kept, since a file is held against many networks."""
    return tuple(tuple(map(naming.name, names)) for naming in NAMINGS)


# By order and shape ---------------------------------------------------------------------------------------------------


def by_order(layers: Sequence[Layer], units: Sequence[Unit]) -> tuple[Pairs, bool]:
    """The layers matched by shape, in order of definition, or of their names; and whether the units follow one another.

    The network's blocks follow one another in the file, and their layers stand in any order there; of equal layers
    the first is the first. A shortcut may be defined before its branch or behind it: the order of kinds says which,
    or else the one under which the fewest different names are given to one layer of the blocks.
    """
    wanted = {layer.signature for unit in units for layer in unit.layers}
    usable = [layer for layer in layers if layer.signature in wanted]
    best: Pairs = {}
    rank: tuple[int, ...] = ()
    names = [layer.name for layer in usable]
    for sort in (_by_name, list) if names == sorted(names) else (list, _by_name):
        for before in (False, True):
            arranged = [_arranged(unit, shortcut_before=before) for unit in units]
            pairs, exact = _windows(sort(usable), arranged) or (_first_to_first(usable, arranged), -1)
            found = (len(pairs), exact, -_different_names(pairs, units))
            if found > rank:
                best, rank = pairs, found
        if len(best) == sum(len(unit.layers) for unit in units) and rank[1] >= 0:
            break
    return best, rank[1] >= 0


def _arranged(unit: Unit, *, shortcut_before: bool) -> tuple[str, list[Layer]]:
    """The unit's path, and its layers with those of the shortcut in front or where they are."""
    if not shortcut_before:
        return unit.path, list(unit.layers)
    return unit.path, sorted(unit.layers, key=lambda layer: layer.name not in unit.shortcut)


def _windows(layers: Sequence[Layer], units: Sequence[tuple[str, list[Layer]]]) -> tuple[Pairs, int] | None:
    """The layers of each unit from as many of the file's as it has, one unit after the other; None where one differs.

    Beside the pairs: how many units have their kinds of layers in the file's order.
    """
    rest, pairs = list(layers), {}
    for layer in reversed([layer for path, each in units if path == HEAD for layer in each if layer.name != CLOSING]):
        place = next((n for n in range(len(rest) - 1, -1, -1) if rest[n].signature == layer.signature), None)
        if place is None:
            return None
        pairs[layer.name] = rest.pop(place)
    exact = start = 0
    for path, all_layers in units:
        wanted = [layer for layer in all_layers if path != HEAD or layer.name == CLOSING]
        window = rest[start : start + len(wanted)]
        if Counter(layer.signature for layer in window) != Counter(layer.signature for layer in wanted):
            return None
        exact += [layer.signature for layer in window] == [layer.signature for layer in wanted]
        pairs |= _first_to_first(window, [(path, wanted)])
        start += len(wanted)
    return pairs, exact


def _first_to_first(layers: Iterable[Layer], units: Iterable[tuple[str, list[Layer]]]) -> Pairs:
    """Of the layers of equal kind and sizes the first for the first, and so on."""
    waiting: defaultdict[Signature, deque[Layer]] = defaultdict(deque)
    for layer in layers:
        waiting[layer.signature].append(layer)
    wanted = (layer for _, each in units for layer in each)
    return {layer.name: waiting[layer.signature].popleft() for layer in wanted if waiting[layer.signature]}


def _by_name(layers: Sequence[Layer]) -> list[Layer]:
    """The layers as their names count, `2` before `10`, those of the shortest names first."""
    return sorted(layers, key=lambda layer: (len(re.split(r"[./]", layer.name)) > 1, natural(layer.name)))


def _different_names(pairs: Pairs, units: Sequence[Unit]) -> int:
    """How many pairs there are of a name within a block of the file and one within a unit of the network."""
    found = set()
    for unit in units:
        theirs = {layer.name: pairs[layer.name].name for layer in unit.layers if layer.name in pairs}
        shared = len(_common_start(list(theirs.values())))
        found |= {(name[shared:], ours.removeprefix(unit.path)) for ours, name in theirs.items()}
    return len(found)


def _common_start(names: list[str]) -> str:
    """What all names begin with, up to a separator."""
    if not names:
        return ""
    first, last = min(names), max(names)
    length = next(
        (n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(map(len, (first, last)))
    )
    return first[: max(first.rfind(separator, 0, length) for separator in "._/") + 1]


# Structure ------------------------------------------------------------------------------------------------------------


def structure_of(layers: Sequence[Layer], units: Sequence[Unit], pairs: Pairs) -> int:
    """How many units of several layers, and stages of several, fill a container of the file alone.

    0 where names have no containers.
    """
    held = Counter(container for layer in layers for container in _containers(layer.name))
    names = [[pairs[layer.name].name for layer in unit.layers if layer.name in pairs] for unit in units]
    stages: defaultdict[str, list[list[str]]] = defaultdict(list)
    for unit, theirs in zip(units, names, strict=True):
        if "." in unit.path and theirs:
            stages[unit.path.rpartition(".")[0]].append(theirs)
    of_stages = [[name for theirs in each for name in theirs] for each in stages.values() if len(each) > 1]
    groups = [each for each in names if len(each) > 1] + (of_stages if len(stages) > 1 else [])
    return sum(held[_container(each)] == len(each) for each in groups)


def _container(names: Sequence[str]) -> str:
    """The innermost container in which all names are; empty where there is none."""
    start = _common_start([f"{name}." for name in names])
    return start if start.endswith((".", "/")) else ""


def _containers(name: str) -> list[str]:
    """Everything that a name begins with up to a separator."""
    return [name[: found.end()] for found in re.finditer(r"[./]", name)]
