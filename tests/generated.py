"""Generated code, imported as a user would: as a module in a folder of its own."""

import importlib.util
from pathlib import Path
from types import ModuleType


def load_file(text: str, folder: Path, name: str = "generated_network") -> ModuleType:
    """The module with this source text, written to a file in `folder` and imported."""
    path = folder / f"{name}.py"
    path.write_text(text, "utf-8")
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
