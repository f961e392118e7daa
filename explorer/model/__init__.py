"""The domain: a specification, the graph it stands for, and the tables of variants. Standard library only."""

from explorer.model.assembly.network import AssemblyError, assemble
from explorer.model.controls import CONTROLS
from explorer.model.errors import SpecError
from explorer.model.graph import Block, Edge, Graph, Node, PlacedBlock, Stage
from explorer.model.ops import Cost, Op
from explorer.model.presets.catalogue import PRESETS, Preset
from explorer.model.spec import ModelSpec, preset
from explorer.model.spec_values import SpecValues

__all__ = [
    "CONTROLS",
    "PRESETS",
    "AssemblyError",
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
    "SpecValues",
    "Stage",
    "assemble",
    "preset",
]
