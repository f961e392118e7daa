"""From a file's table of contents to the answer which network it is."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from explorer.identify.alignment import alignment, layers_of
from explorer.identify.atoms import of_signatures
from explorer.identify.candidates import Candidate, candidate_of
from explorer.identify.known_alike import is_chain, title_of
from explorer.identify.layers import Layer
from explorer.identify.other_networks import counts, description
from explorer.identify.readings import convolutions
from explorer.identify.records import Explained, Identification, Listing
from explorer.identify.search import readings
from explorer.identify.undecided import undecided_fields
from explorer.identify.wrapping import NamedPart, parts_of
from explorer.language import N_, Sentence, Text, sentence
from explorer.model import ModelSpec
from explorer.model.identity import known
from explorer.model.variants.blocks import BLOCKS
from explorer.model.variants.shortcuts import is_plain

Progress = Callable[[int, int, str], None]
"""Takes how much is done, of how much, and what is being done."""

MUCH = {True: 0.2, False: 0.6}
"""The share of the tensors that another part explains which a part that fits must explain to be preferred, with a
classifier and without: a deep stem alone may have the shapes of a network of one block."""
CHAIN = 0.2
"""The share of the largest part's tensors that a chain of single convolutions must have to be a network: a chain beside
Adam's moments has a quarter."""
MOST_LIKELY = 3
READ, SEARCHED, COMPARED = N_("the names"), N_("the shapes"), N_("what shapes leave open")


def identify_listing(listing: Listing, progress: Progress = lambda done, total, what: None) -> Identification:
    """Which network of the family a file holds, told from names and shapes; never graded `proven`.

    `shapes` where nothing is left open, `undecided` where other networks have the same tensors, `unknown` where none
    fits: then `spec` is the nearest one, if one is near, and `label` says what the file's shapes look like.
    """
    progress(0, 3, READ)
    held = [(part, layers_of(part)) for part in parts_of(listing)]
    progress(1, 3, SEARCHED)
    found: list[Candidate] = []
    for part, layers in _likeliest(held):
        if any(each.fits and each.aligned.explained.tensors >= len(part.tensors) for each in found):
            continue
        if (candidate := candidate_of(part, layers)) is not None and not _is_few_of(candidate, held[0][0]):
            found.append(candidate)
    if not found:
        return _nothing(listing, held)
    most = max(each.aligned.explained.tensors for each in found)
    # A part of a network may be a network too: what fits counts, if it explains some of what others explain. The first
    # half of a decoder is a chain, which says less than what the whole looks like.
    best = max(
        found,
        key=lambda each: (
            each.fits
            and each.aligned.explained.tensors > MUCH[bool(each.spec.num_classes)] * most
            and not (each.spec.block == "single" and _is_beside(each.part, held[0])),
            each.aligned.explained.tensors,
            each.aligned.complete,
            *each.aligned.rank,
        ),
    )
    progress(2, 3, COMPARED)
    answer = _answer(listing, best)
    progress(3, 3, COMPARED)
    return answer


def _nothing(listing: Listing, held: Sequence[tuple[NamedPart, tuple[Layer, ...]]]) -> Identification:
    """The answer where no stem and blocks can be read from any part."""
    layers = held[0][1] if held else ()
    tensors, numbers = (len(held[0][0].tensors), sum(layer.parameters for layer in layers)) if held else (0, 0)
    explained = Explained(0, tensors, 0, numbers)
    label = _no_network(layers)
    return Identification(listing.source, None, "unknown", label=label, explained=explained, skipped=listing.skipped)


def _likeliest(held: Sequence[tuple[NamedPart, tuple[Layer, ...]]]) -> list[tuple[NamedPart, tuple[Layer, ...]]]:
    """The three parts that the networks read from their shapes explain best, larger ones first, and the largest."""
    ranked = []
    for part, layers in held:
        if not _reads_images(layers, held[0][1]):
            continue
        wanted = of_signatures(layer.signature for layer in layers)
        kernels = sum(count for each, count in wanted.items() if each[0] == "conv")
        differing = min((each.unlike for each in readings(layers, wanted)[:1]), default=kernels) / max(1, kernels)
        ranked.append((differing, part, layers))
    ranked.sort(key=lambda each: (round(each[0], 1), -len(each[1].tensors)))
    chosen = [(part, layers) for _, part, layers in ranked[:MOST_LIKELY]]
    return chosen if not held or held[0] in chosen else [*chosen, held[0]]


def _reads_images(layers: Sequence[Layer], all_layers: Sequence[Layer]) -> bool:
    """Whether a part's first convolution reads as few channels as any of the file's: a stage's reads more."""
    channels = [each.group for each in convolutions(all_layers) if each.size > 1]
    first = next((each.group for each in convolutions(layers)), 0)
    return not channels or first <= min(channels)


# The answer -----------------------------------------------------------------------------------------------------------


def _answer(listing: Listing, best: Candidate) -> Identification:
    aligned, spec = best.aligned, best.spec
    fits = best.fits
    undecided = undecided_fields(spec, best.is_explained_by, best.as_well) if fits else {}
    name = next((each.name for each in known.identify(spec)), None)
    return Identification(
        listing.source,
        spec if fits or best.is_near else None,
        ("undecided" if undecided else "shapes") if fits else "unknown",
        network=name if fits or best.is_near else None,
        label=_label(spec) if fits else _nearest_label(best),
        explained=aligned.explained,
        leftover=aligned.leftover,
        missing=aligned.missing if fits or best.is_near else (),
        undecided=undecided,
        wrapping=aligned.wrapping,
        renaming=aligned.renaming if fits or best.is_near else (),
        skipped=(*listing.skipped, *best.part.others),
    )


def with_names(found: Identification, listing: Listing) -> Identification:
    """An answer whose network has changed, with that network's name, label and renaming. `spec` is not None."""
    assert found.spec is not None
    aligned = alignment(listing, found.spec)
    name = next((each.name for each in known.identify(found.spec)), None)
    return replace(found, network=name, label=_label(found.spec), wrapping=aligned.wrapping, renaming=aligned.renaming)


def _is_beside(part: NamedPart, largest: tuple[NamedPart, tuple[Layer, ...]]) -> bool:
    """Whether a part is not all of a file whose whole looks like another network or has an optimiser's moments."""
    whole, layers = largest
    return part is not whole and (bool(description(layers)) or "optimizer" in part.wrapping)


def _is_few_of(candidate: Candidate, whole: NamedPart) -> bool:
    """Whether a chain has few of a file's tensors: any convolutions in a row, such as a block's, are a chain."""
    return candidate.spec.block == "single" and len(candidate.part.tensors) < CHAIN * len(whole.tensors)


def _label(spec: ModelSpec) -> Sentence:
    """The known network's title with what differs, or what the network is made of."""
    title = title_of(spec)
    if title is None:
        kind = sentence(N_("plain") if is_plain(spec) else N_("residual"))
        blocks, widths = ("-".join(map(str, each)) for each in (spec.stage_blocks, spec.stage_widths))
        words = {"kind": kind, "depth": spec.depth, "blocks": blocks, "widths": widths}
        made = N_("a {kind} network of {depth} layers: {blocks} blocks ({block}) of {widths}")
        title = sentence(made, **words, block=sentence(BLOCKS[spec.block].label))
        if spec.num_classes:
            title = sentence("{network}, {count} classes", network=title, count=spec.num_classes)
    return sentence("{network}, a plain chain: no residual network", network=title) if is_chain(spec) else title


def _nearest_label(best: Candidate) -> Text:
    if not best.is_near:
        return _no_network(best.layers)
    missing, left = len(best.aligned.missing), len(best.layers_left)
    more = sentence("{count} layers of the file have no place in it", count=left)
    fewer = sentence("{count} of its tensors are not in the file", count=missing)
    both = sentence("{more} and {fewer}", more=more, fewer=fewer)
    differs = both if left and missing else more if left else fewer if missing else ""
    told = N_("no network fits; the nearest is {network}: {difference}")
    return sentence(told, network=_label(best.spec), difference=differs)


def _no_network(layers: Sequence[Layer]) -> Text:
    found = description(layers)
    if found:
        return sentence("no residual network: {what}", what=sentence(found))
    if not layers:
        return N_("no tensors of a network")
    return sentence("no network of this family is near: {layers}", layers=counts(layers))
