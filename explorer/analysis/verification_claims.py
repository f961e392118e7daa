"""The proof beside the numbers: which known network a spec is, and what stands behind each count.

Claims are static: they follow from the graph and from facts that the tests hold. One claim stays open until this very
spec has been built by torch in the background; `with_check` closes it.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from explorer.analysis.compared_outputs import ComparedOutputs, compared_with_libraries, not_compared
from explorer.analysis.published import Agreement, Comparison, PublishedRow, PublishedTable, compare, rows_of
from explorer.language import N_, Text, joined, sentence, told
from explorer.model import PRESETS, ModelSpec, preset
from explorer.model.identity.known import Identified, identify
from explorer.model.identity.torchvision import torchvision_arguments

Status = Literal["verified", "agrees", "differs", "open", "failed"]
"""`verified`: tests, or the background check, compared it with the original. `agrees`, `differs`: with a printed count.
`open`: not checked yet. `failed`: the background check found a difference, or could not be made."""

TORCHVISION = "torchvision"
"""The library, as the record of compared outputs calls it."""
COUNTED_FIELDS = frozenset({"image_size", "num_classes", "in_channels"})
"""Adaptations that change counts: a paper's figure then stands for the network as published."""
NOT_CHECKED = N_("Counts not yet checked against torch for this specification.")
UNKNOWN = N_("not a network with a known name")
"""The headline of a network that is none of the known ones."""
SAME_AS = N_("identical to torchvision's {network}: state_dict keys, shapes, parameters, multiply-adds")
SAME_RENAMED = N_(
    "identical to torchvision's {network}: state_dict keys (under other names), shapes, parameters, multiply-adds"
)
SAYS_IT_AS = N_("torchvision builds it as {code}: the check compares keys, shapes and outputs on equal weights")


@dataclass(frozen=True)
class Claim:
    """One statement about the network, and how it stands."""

    kind: Literal["torchvision", "library", "paper", "torch"]
    status: Status
    text: Text
    """A sentence, or part of one, for the reader."""
    quantity: str = ""
    """`parameters` or `MACs`, where a printed count is compared."""
    printed: str = ""
    exact: int | None = None
    verdict: str = ""
    """`rounds`, `truncates`, or the signed difference."""
    source: str = ""
    link: str = ""


@dataclass(frozen=True)
class Proof:
    """What is known of a spec."""

    headline: Text
    """The network's name with its adaptations, or that it is none that is known."""
    identified: tuple[Identified, ...]
    """The known networks that it is, nearest first."""
    claims: tuple[Claim, ...]


@lru_cache(maxsize=256)
def prove(spec: ModelSpec) -> Proof:
    """Which known network `spec` is, and every claim that can be made without building it."""
    identified = identify(spec)
    headline = identified[0].told if identified else UNKNOWN
    made = (*_torchvision(spec, identified), *_other_libraries(spec, identified), *_papers(identified))
    claims = [*made, Claim("torch", "open", NOT_CHECKED)]
    return Proof(headline, identified, tuple(claims))


def with_check(proof: Proof, ok: bool, found: Text) -> Proof:
    """The proof after the background check: its outcome in place of the open claim.

    A network that torchvision can build was compared with torchvision in the same check.
    """
    status: Status = "verified" if ok else "failed"
    closed = Claim("torch", status, found)
    claims = [closed if claim.kind == "torch" else claim for claim in proof.claims]
    if ok:
        claims = [
            replace(claim, status=status) if claim.kind == "torchvision" and claim.status == "open" else claim
            for claim in claims
        ]
    return replace(proof, claims=tuple(claims))


def proof_to_dict(proof: Proof) -> dict[str, Any]:
    """The proof as JSON values."""
    return {
        "headline": told(proof.headline),
        "identified": [
            {
                "preset": found.name,
                "title": found.title,
                "exact": found.exact,
                "differences": list(map(str, found.differences)),
            }
            for found in proof.identified
        ],
        "claims": [asdict(claim) | {"text": told(claim.text)} for claim in proof.claims],
    }


def _torchvision(spec: ModelSpec, identified: tuple[Identified, ...]) -> Iterator[Claim]:
    arguments = torchvision_arguments(spec)
    if arguments is None:
        return
    names = [found.name for found in identified if PRESETS[found.name].library == arguments.source and found.exact]
    if names:
        compared = [row.sentence for row in compared_with_libraries(names[0]) if row.library == TORCHVISION]
        same = sentence(SAME_RENAMED if arguments.renames else SAME_AS, network=names[0])
        text = joined("; ", same, *compared)
        yield Claim("torchvision", "verified", text, source=arguments.source)
    else:
        yield Claim("torchvision", "open", sentence(SAYS_IT_AS, code=str(arguments)), source=arguments.source)


def _other_libraries(spec: ModelSpec, identified: tuple[Identified, ...]) -> Iterator[Claim]:
    """What is on record of the outputs of other libraries' networks. Without a record there is no claim."""
    for found in identified:
        for row in compared_with_libraries(found.name):
            if row.library != TORCHVISION:
                yield _compared(spec, found, row)


def _compared(spec: ModelSpec, found: Identified, row: ComparedOutputs) -> Claim:
    """`verified` if this very network was compared; `open` if the comparison does not cover its adaptations."""
    words = dict(zip(found.changed_fields, found.differences, strict=True))
    missing = [words[field] for field in not_compared(spec, found.changed_fields)]
    text = row.sentence
    if missing:
        names = joined(", ", *missing)
        text = sentence("as published, the {found}; not compared: {missing}", found=row.sentence, missing=names)
    return Claim("library", "open" if missing else "verified", text, source=row.library)


def _papers(identified: tuple[Identified, ...]) -> Iterator[Claim]:
    """Each printed count of the nearest known network, once per table and figure."""
    seen = set()
    for found in identified[:1]:
        for table, row in rows_of(found.name):
            comparison = compare(row)
            for claim in _counts(found, table, row, comparison) if comparison else ():
                if claim not in seen:
                    seen.add(claim)
                    yield claim


def _counts(found: Identified, table: PublishedTable, row: PublishedRow, comparison: Comparison) -> Iterator[Claim]:
    if comparison.params:
        yield _printed(found, table, row, comparison.params, "parameters", comparison.note)
    if comparison.macs:
        yield _printed(found, table, row, comparison.macs, "MACs", "")


def _printed(
    found: Identified, table: PublishedTable, row: PublishedRow, agreed: Agreement, quantity: str, note: str
) -> Claim:
    adapted = COUNTED_FIELDS.intersection(found.changed_fields)
    counts = {
        "table": table.told_name,
        "printed": agreed.printed,
        "quantity": sentence(quantity),
        "exact": agreed.exact,
    }
    text = sentence("{table} prints {printed} {quantity}; exactly {exact:,}: {verdict}", **counts, verdict=agreed.told)
    if adapted:
        text = sentence(
            "{table} prints {printed} {quantity}; exactly {exact:,} for the network as published ({fields}): {verdict}",
            **counts,
            fields=_as_published(found.name),
            verdict=agreed.told,
        )
    remarks = joined("; ", *filter(None, (note, row.remark)))
    return Claim(
        kind="paper",
        status="agrees" if agreed.agrees else "differs",
        text=sentence("{text} ({remarks})", text=text, remarks=remarks) if remarks.values else text,
        quantity=quantity,
        printed=agreed.printed,
        exact=agreed.exact,
        verdict=str(agreed),
        source=table.name,
        link=table.paper.link,
    )


def _as_published(name: str) -> str:
    spec = preset(name)
    return f"{spec.image_size} px, {spec.num_classes:,} classes"
