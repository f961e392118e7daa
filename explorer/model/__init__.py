"""The domain: a specification, the graph it stands for, and the tables of variants. Standard library only."""

from explorer.model.assembly.network import assemble
from explorer.model.errors import SpecError
from explorer.model.graph import Block, Edge, Graph, Node, PlacedBlock, Stage
from explorer.model.ops import Cost, Op
from explorer.model.presets.catalogue import PRESETS, Preset, preset
from explorer.model.spec import CONTROLS, ModelSpec

__all__ = [
    "CONTROLS",
    "PRESETS",
    "Block",
    "Cost",
    "Edge",
    "Graph",
    "ModelSpec",
    "Node",
    "Op",
    "PlacedBlock",
    "Preset",
    "SpecError",
    "Stage",
    "assemble",
    "preset",
]
