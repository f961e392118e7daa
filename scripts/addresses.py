"""Writes the guide's page on addresses from the pages' own tables: `python -m scripts.addresses`."""

from pathlib import Path

from explorer.ui.addresses import documentation

GUIDE = Path(__file__).parents[1] / "docs" / "guide" / "addresses.md"

if __name__ == "__main__":
    GUIDE.write_text(documentation(), encoding="utf-8")
