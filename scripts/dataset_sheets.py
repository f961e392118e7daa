"""Draws the samples of the data sets that need no download, for the Train page: `python -m scripts.dataset_sheets`."""

from pathlib import Path

from PIL import Image

from explorer.datasets.contact_sheet import contact_sheet
from explorer.engine.data.images import LOADERS, load_data

FOLDER = Path(__file__).parents[1] / "assets" / "datasets"
WIDTH = 320
"""Pixels that a picture is at least wide."""


def sheet(name: str) -> Image.Image:
    """The samples of one data set, enlarged with hard edges."""
    data = load_data(name)
    found = contact_sheet(data.train_images, data.train_labels, len(data.classes))
    times = -(-WIDTH // found.shape[1])
    return Image.fromarray(found.squeeze()).resize((found.shape[1] * times, found.shape[0] * times), 0)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in LOADERS:
        sheet(each).save(FOLDER / f"{each}.png", optimize=True)
