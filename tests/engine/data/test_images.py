import hashlib

import numpy as np
import pytest
from PIL import Image

from explorer.datasets.catalogue import DATASETS
from explorer.engine.data import images as data_module
from explorer.engine.data.images import LOADERS, load_data
from explorer.engine.data.published import PUBLISHED
from explorer.jobs.errors import SettingsError
from scripts.dataset_sheets import FOLDER, sheet

FINGERPRINTS = {
    "digits": "4757a1acdf3767e2",
    "gratings": "735a36a49a59ddc0",
    "shapes_easy": "da0a92543b893c20",
    "shapes_medium": "bcf9e1d261955b15",
    "shapes_hard": "6ebed76372105147",
}
"""Of images and labels in order: a changed picture is another experiment, and must not go unnoticed."""


def fingerprint(name: str) -> str:
    digest = hashlib.sha256()
    found = load_data(name)
    for part in (found.train_images, found.train_labels, found.test_images, found.test_labels):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()[:16]


def test_every_data_set_of_the_table_has_a_loader_or_a_download() -> None:
    assert [*LOADERS, *PUBLISHED] == list(DATASETS)
    assert {name for name, facts in DATASETS.items() if facts.download_bytes} == set(PUBLISHED)


@pytest.mark.parametrize("name", LOADERS)
def test_data_is_what_the_table_says(name: str) -> None:
    found, facts = load_data(name), DATASETS[name]
    shape = (facts.image_size, facts.image_size, facts.channels)
    assert found.train_images.shape == (facts.train_images, *shape)
    assert found.test_images.shape == (facts.test_images, *shape)
    assert found.train_images.dtype == found.test_images.dtype == np.uint8
    assert found.classes == facts.classes
    for labels in (found.train_labels, found.test_labels):
        assert labels.dtype == np.int64
        assert set(labels) == set(range(len(facts.classes)))
    with pytest.raises(ValueError, match="read-only"):
        found.train_images[0] = 0


@pytest.mark.parametrize("name", LOADERS)
def test_data_is_the_same_on_every_machine(name: str) -> None:
    assert fingerprint(name) == FINGERPRINTS[name]
    data_module._load.cache_clear()
    assert fingerprint(name) == FINGERPRINTS[name]


def test_digits_are_scikit_learn_s_each_once() -> None:
    from sklearn.datasets import load_digits

    found, theirs = load_data("digits"), load_digits()
    ours = np.concatenate([found.train_images, found.test_images]).reshape(-1, 64)
    labels = np.concatenate([found.train_labels, found.test_labels])
    order, their_order = np.lexsort(ours.T), np.lexsort(theirs.data.T)
    assert np.array_equal(ours[order], theirs.data[their_order])
    assert np.array_equal(labels[order], theirs.target[their_order])
    assert ours.max() == 16


def test_digits_come_from_scikit_learn_itself_where_its_file_is_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    direct = data_module._digits_table()
    monkeypatch.setattr(data_module.importlib.util, "find_spec", lambda _: None)
    assert np.array_equal(data_module._digits_table(), direct)


@pytest.mark.parametrize("name", ["digits", "gratings"])
def test_mean_and_deviation_are_the_training_part_s(name: str) -> None:
    found = load_data(name)
    pixels = found.train_images.reshape(-1, found.train_images.shape[3]).astype(float)
    assert found.mean == pytest.approx(pixels.mean(axis=0))
    assert found.deviation == pytest.approx(pixels.std(axis=0))


@pytest.mark.parametrize("name", [name for name in LOADERS if name != "digits"])
def test_generated_classes_are_equal_in_number_and_no_picture_is_in_both_parts(name: str) -> None:
    found = load_data(name)
    for labels in (found.train_labels, found.test_labels):
        counts = np.bincount(labels)
        assert counts.max() == counts.min()
    train = {image.tobytes() for image in found.train_images}
    assert not any(image.tobytes() in train for image in found.test_images)


def test_gratings_lie_at_the_angle_and_width_of_their_class() -> None:
    """The strongest frequency of a class's mean spectrum, against the orientation that the class is named for."""
    found = load_data("gratings")
    for label, name in enumerate(found.classes):
        grey = found.train_images[found.train_labels == label].astype(float) - 127.5
        spectrum = (np.abs(np.fft.fft2(grey, axes=(1, 2))) ** 2).mean(axis=(0, 3))
        spectrum[0, 0] = 0
        row, column = np.unravel_index(np.argmax(spectrum), spectrum.shape)
        down, right = (int(each) - 16 if each > 8 else int(each) for each in (row, column))
        angle = np.rad2deg(np.arctan2(down, right)) % 180
        wanted = float(name.split("°")[0])
        assert min(abs(angle - wanted), 180 - abs(angle - wanted)) < 18
        assert (np.hypot(down, right) > 2.7) == name.endswith("narrow lines")


def test_an_unknown_data_set_is_refused() -> None:
    with pytest.raises(SettingsError, match="imagenet"):
        load_data("imagenet")


@pytest.mark.parametrize("name", LOADERS)
def test_the_pictures_of_samples_show_the_data(name: str) -> None:
    """`python -m scripts.dataset_sheets` makes them anew."""
    with Image.open(FOLDER / f"{name}.png") as kept:
        assert np.array_equal(np.asarray(kept), np.asarray(sheet(name)))
