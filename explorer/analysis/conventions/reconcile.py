"""The terms of every convention for one network, by arithmetic over its graph."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from explorer.analysis.conventions.counters import CONVENTIONS, PAPERS
from explorer.analysis.conventions.libraries import CountedModule
from explorer.analysis.conventions.rules import ConventionRule, Use
from explorer.language import N_
from explorer.model import Graph, ModelSpec, SpecError, assemble
from explorer.model.graph import BLOCK_INPUT, PlacedBlock
from explorer.model.identity.canonical import signature

FLOPS, WITH_ELEMENTWISE = "FLOPs (2 x MACs)", N_("MACs + element-wise operations")
STRIDE_WORDS = {
    "3x3": (
        N_("papers, stride on the 3x3 (v1.5)"),
        N_("ResNeXt's authors and torchvision let the bottleneck's 3x3 stride."),
        N_("ResNeXt's authors and torchvision let the bottleneck's 3x3 stride. Parameters are the same."),
    ),
    "1x1": (
        N_("papers, stride on the 1x1 (v1)"),
        N_("He et al. 2015 let the bottleneck's first 1x1 stride, as Keras does."),
        N_("He et al. 2015 let the bottleneck's first 1x1 stride, as Keras does. Parameters are the same."),
    ),
}


@dataclass(frozen=True)
class Term:
    """One part of a total."""

    name: str
    amount: int
    """Operations for one image; negative where the term subtracts."""
    why: str


@dataclass(frozen=True)
class Convention:
    """A network's cost as one counter reports it."""

    name: str
    value: int
    """Operations for one image, exactly as the counter gives them."""
    unit: str
    """What is counted: `MACs`, `FLOPs (2 x MACs)`, or `MACs + element-wise operations`."""
    calls_it: str
    """The counter's own word for the number."""
    about: str
    terms: tuple[Term, ...]
    """They add up to `value`; terms that are zero for this network are left out, but for the multiply-adds."""


def reconcile(spec: ModelSpec, module: CountedModule) -> tuple[Convention, ...]:
    """The cost of `spec`'s network under every convention, the papers' first.

    `module` says what runs each op in the module that the counters see.
    """
    uses = list(_uses(assemble(spec), module))
    conventions = [_count(rule, uses) for rule in CONVENTIONS]
    other_stride = _with_the_other_stride(spec, conventions[0])
    return (conventions[0], *([other_stride] if other_stride else []), *conventions[1:])


def _uses(graph: Graph, module: CountedModule) -> Iterator[tuple[Use, int]]:
    """Every op of every distinct run of blocks, and how often it occurs there."""
    for stage in graph.stages:
        for placed, count in stage.runs():
            for use in _uses_in(placed, module):
                yield use, count


def _uses_in(placed: PlacedBlock, module: CountedModule) -> Iterator[Use]:
    shapes = {BLOCK_INPUT: placed.block.input_shape}
    for node in placed.block.nodes:
        yield Use(
            node.op, module.layer(placed.node_path(node), node), tuple(shapes[name] for name in node.inputs), node.shape
        )
        shapes[node.name] = node.shape


def _count(rule: ConventionRule, uses: list[tuple[Use, int]]) -> Convention:
    counted = (Term(term.name, sum(count * term.count(use) for use, count in uses), term.why) for term in rule.terms)
    terms = tuple(term for position, term in enumerate(counted) if term.amount or position == 0)
    value = sum(term.amount for term in terms)
    return Convention(rule.name, value, _unit(terms), rule.calls_it, rule.about, terms)


def _unit(terms: tuple[Term, ...]) -> str:
    names = {term.name for term in terms}
    if "2 per multiply-add" in names:
        return FLOPS
    return "MACs" if len(names) == 1 else WITH_ELEMENTWISE


def _with_the_other_stride(spec: ModelSpec, papers: Convention) -> Convention | None:
    """The same network with the bottleneck's stride at the other convolution; None without bottlenecks."""
    other = "1x1" if spec.stride_on == "3x3" else "3x3"
    try:
        changed = replace(spec, stride_on=other)
    except SpecError:
        return None
    if signature(changed) == signature(spec):
        return None
    difference = assemble(changed).cost.macs - papers.value
    name, why, why_of_term = STRIDE_WORDS[other]
    stride = Term(N_("stride placement"), difference, why_of_term)
    return Convention(name, papers.value + difference, "MACs", PAPERS.calls_it, why, (*papers.terms, stride))
