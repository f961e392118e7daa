"""The rows of known networks, family by family: data only. A new network is one row in one of these files."""

from explorer.model.presets.tables import cifar, imagenet, timm
from explorer.model.presets.tables.rows import Row, Table

TABLES: tuple[Table, ...] = (*imagenet.TABLES, *cifar.TABLES, *timm.TABLES)

__all__ = ["TABLES", "Row", "Table"]
