"""Which of several networks a file is, by what its norms remember and by errors on labelled images."""

from dataclasses import replace

import pytest
import torch

from explorer.engine import build_module
from explorer.engine.identification import Images, by_name_or_order, weigh
from explorer.engine.identification.networks import candidate_network
from explorer.engine.identification.preparation import Prepared
from explorer.engine.identification.weigh import neighbours
from explorer.identify.normalisations import NORMALISATIONS
from explorer.identify.records import Identification, Normalisation
from explorer.identify.thresholds import Thresholds
from explorer.identify.verdict import times_farther

LIMITS = Thresholds(ratio=1.5, nearer=1.1, distance=0.3)
ANY = replace(LIMITS, ratio=1e9)
"""No candidate is too far."""
IMAGENET = Normalisation((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 0.0, "imagenet", "black")
SHORTCUTS = ("none", "pad", "pad_behind", "pad_average")


def shortcuts_of(spec):
    """The candidates of these tests, so that each test takes a moment."""
    return [replace(spec, shortcut=name) for name in SHORTCUTS if name != spec.shortcut]


def with_shortcuts(spec):
    """As if these were all networks in public use."""
    return [spec, *shortcuts_of(spec)]


def asked(spec, network, images, limits=LIMITS, rivals=lambda _: (), public=with_shortcuts):
    found = Identification("some.pt", spec, "shapes")
    tensors = by_name_or_order(network.state_dict())
    return weigh(found, tensors, images, limits=limits, public=public, rivals=rivals)


@pytest.fixture
def seen(pictures):
    return Prepared(IMAGENET).apply(pictures)


@pytest.mark.parametrize("name", SHORTCUTS)
def test_each_shortcut_is_proven_from_a_wrong_start(name, small, pictures, seen, remembering) -> None:
    network = remembering(replace(small, shortcut=name), seen)
    start = replace(small, shortcut="pad" if name == "none" else "none")
    found = asked(start, network, Images(pictures, "data"))
    assert (found.grade, found.decided_by, found.spec.shortcut, found.undecided) == ("proven", "norms", name, {})
    assert len(found.evidence) == len(SHORTCUTS)
    assert found.evidence[0].distance < 0.01
    assert found.evidence[1].distance > 0.01
    assert len(found.evidence[0].by_norm) == 7


def test_normalisation_and_black_borders_are_found(small, pictures, seen, remembering) -> None:
    found = asked(small, remembering(small, seen), Images(pictures, "data"))
    assert (found.normalisation.name, found.normalisation.border) == ("imagenet", "black")
    assert found.normalisation.mean == IMAGENET.mean
    assert found.normalisation == found.normalisations[0]


def test_colours_in_caffes_order_are_found(small, pictures, remembering) -> None:
    coloured = pictures * torch.tensor([1.0, 0.7, 0.4]).view(1, 3, 1, 1)
    caffe = NORMALISATIONS["caffe"]
    bytes_less_mean = 255 * (coloured.flip(1) - torch.tensor(caffe.mean).view(1, 3, 1, 1))
    found = asked(small, remembering(small, bytes_less_mean), Images(coloured, "data"))
    assert found.normalisation[:2] == caffe[:2]
    assert (found.normalisation.name, found.normalisation.order) == ("caffe", "BGR")
    assert found.normalisation.distance < 0.01


def test_two_fields_are_found_one_after_the_other(small, pictures, seen, remembering) -> None:
    right = replace(small, shortcut="pad_behind", activation="silu")

    def rivals(spec):
        return [*shortcuts_of(spec), *(replace(spec, activation=name) for name in ("relu", "silu"))]

    found = asked(small, remembering(right, seen), Images(pictures, "data"), rivals=rivals, public=lambda spec: ())
    assert (found.grade, found.spec) == ("undecided", right)
    assert str(found.reason) == "No known network has these shapes."


def test_a_rival_that_is_as_near_leaves_its_field_open(small, pictures, seen, remembering) -> None:
    found = asked(small, remembering(small, seen), Images(pictures, "data"), ANY)
    assert found.grade == "undecided"
    assert found.undecided["shortcut"][0] == found.spec.shortcut == "pad"
    assert set(found.undecided["shortcut"]) == set(SHORTCUTS)
    assert "4 of the 4 networks in public use" in str(found.reason)


def test_labelled_images_decide_what_the_norms_leave(small, pictures, seen, remembering) -> None:
    network = remembering(small, seen)
    labels = network(seen).argmax(1)
    found = asked(small, network, Images(pictures, "data", labels, 10), ANY)
    assert (found.grade, found.decided_by, found.spec) == ("proven", "error", small)
    assert found.evidence[0].error == 0.0
    assert all(each.error > 5.0 for each in found.evidence[1:])


def test_labels_of_other_classes_decide_nothing(small, pictures, seen, remembering) -> None:
    labels = torch.randint(10, (len(pictures),), generator=torch.Generator().manual_seed(1))
    found = asked(small, remembering(small, seen), Images(pictures, "data", labels, 10), ANY)
    assert found.grade == "undecided"
    assert len(found.undecided["shortcut"]) == len(SHORTCUTS)


def test_where_every_candidate_is_far_nothing_is_proven_or_excluded(small, pictures, seen, remembering) -> None:
    found = asked(small, remembering(small, seen), Images(pictures, "data"), Thresholds(1.5, 1.1, 1e-6))
    assert found.grade == "undecided"
    assert set(found.undecided["shortcut"]) == set(SHORTCUTS)
    assert "farther than" in str(found.reason)


def test_norms_without_statistics_say_nothing_but_errors_do(small, pictures, remembering) -> None:
    grouped = replace(small, norm="group")
    network = remembering(grouped, pictures)
    silent = asked(grouped, network, Images(pictures, "data"))
    assert (silent.grade, silent.evidence, silent.spec) == ("undecided", (), grouped)
    assert "No norm" in str(silent.reason)
    images = Images(pictures, "data", network(pictures).argmax(1), 10)
    spoken = asked(replace(grouped, shortcut="none"), network, images)
    assert spoken.decided_by == "error"
    assert spoken.spec.shortcut == "pad"
    assert spoken.evidence[0].distance is None


def test_what_no_norm_sees_stays_open_beside_a_proof(small, pictures, seen, remembering) -> None:
    found = asked(
        small,
        remembering(small, seen),
        Images(pictures, "data"),
        public=lambda spec: [*with_shortcuts(spec), replace(spec, head_scale=0.125)],
    )
    assert (found.grade, found.undecided) == ("proven", {"head_scale": (1.0, 0.125)})


def test_what_nobody_is_known_to_use_stands_beside_a_proof(small, pictures, seen, remembering) -> None:
    found = asked(
        small,
        remembering(small, seen),
        Images(pictures, "data"),
        rivals=lambda spec: [replace(spec, head_scale=0.125), replace(spec, activation="silu")],
    )
    assert (found.grade, found.spec, found.undecided) == ("proven", small, {})
    assert found.unexcluded == {"head_scale": (1.0, 0.125)}
    assert "1 that nobody is known to use is not excluded" in str(found.reason)


def test_a_network_that_nobody_is_known_to_use_is_never_proven(small, pictures, seen, remembering) -> None:
    """The file's own network is among the rivals only: it is named, and no known one is proven in its place."""
    right = replace(small, activation="silu")
    found = asked(small, remembering(right, seen), Images(pictures, "data"), rivals=lambda spec: [right])
    assert (found.grade, found.spec) == ("undecided", right)
    assert "No known network with these shapes is near" in str(found.reason)


def test_only_what_names_leave_open_is_tried_of_other_ends(small) -> None:
    """A classifier that names tell is no hidden layer, and stages that they tell begin where they do."""
    told, left = (
        [each.changes(small) for each in neighbours(small, names)]
        for names in ((), ("num_classes", "head_hidden", "stage_blocks"))
    )
    assert {"num_classes": 0, "head_hidden": [10]} in left
    assert not [each for each in told if "num_classes" in each]
    assert {"shortcut": "none"} in told


def broken(network, ending, value):
    """The network with every tensor of this ending filled with a value."""
    for name, each in network.state_dict().items():
        if name.endswith(ending):
            each.fill_(value)
    return network


@pytest.mark.parametrize(
    ("endings", "value", "said"),
    [
        (("layer1.0.conv1.weight",), float("nan"), "layer1.0.conv1.weight holds values that are no finite numbers"),
        (("running_var",), float("inf"), "bn1.running_var and 6 more tensors hold values that are no finite numbers"),
        (("running_var",), 0.0, "all of it was constant"),
    ],
)
def test_values_that_tell_nothing_are_a_sentence(endings, value, said, small, pictures, seen, remembering) -> None:
    network = remembering(small, seen)
    for ending in endings:
        broken(network, ending, value)
    found = asked(small, network, Images(pictures, "data"))
    assert (found.grade, found.evidence, found.spec) == ("undecided", (), small)
    assert said in str(found.reason)


def test_norms_that_were_never_updated_remember_nothing(small, pictures) -> None:
    found = asked(small, build_module(small), Images(pictures, "data"))
    assert (found.grade, found.evidence) == ("undecided", ())
    assert str(found.reason).startswith("The network was not trained: its norms remember nothing")


def test_tensors_of_half_precision_tell_as_much(small, pictures, seen, remembering) -> None:
    network = remembering(small, seen)
    for kind in (torch.float16, torch.bfloat16):
        found = weigh(
            Identification("some.pt", replace(small, shortcut="none"), "shapes"),
            by_name_or_order({name: each.to(kind) for name, each in network.state_dict().items()}),
            Images(pictures, "data"),
            limits=LIMITS,
            public=with_shortcuts,
            rivals=lambda _: (),
        )
        assert (found.grade, found.spec) == ("proven", small)


def test_an_unknown_normalisation_is_fitted_per_channel(small, pictures, remembering) -> None:
    mean, std = (0.8, 0.3, 0.1), (0.1, 0.4, 0.3)
    seen = Prepared(Normalisation(mean, std, 0.0)).apply(pictures)
    own = Images(pictures, "data", mean=(0.5,) * 3, deviation=(0.25,) * 3)
    found = asked(small, remembering(small, seen), own).normalisation
    assert (found.name, found.border) == ("fitted", "none")
    assert found.mean == pytest.approx(mean, abs=0.05)
    assert found.std == pytest.approx(std, rel=0.1)


def test_images_of_other_channels_are_not_asked(small, pictures, seen, remembering) -> None:
    found = asked(small, remembering(small, seen), Images(pictures[:, :1], "data"))
    assert (found.grade, found.evidence) == ("shapes", ())
    assert "1" in str(found.reason)
    assert "3" in str(found.reason)


def test_a_network_from_a_file_is_the_network_that_was_saved(small, pictures, seen, remembering) -> None:
    spec = replace(small, antialias="blur")  # a filter that is in no file
    network = remembering(spec, seen)
    again = candidate_network(spec, by_name_or_order(network.state_dict())(spec), 16)
    assert torch.equal(again(seen), network(seen))


def test_private_names_are_matched_in_order(small, seen, remembering) -> None:
    network = remembering(small, seen)
    private = {f"part{number}": each for number, each in enumerate(network.state_dict().values()) if each.ndim}
    tensors = by_name_or_order(private)(small)
    assert torch.equal(candidate_network(small, tensors, 16)(seen), network(seen))
    with pytest.raises(LookupError, match=r"fc\.bias"):
        by_name_or_order(
            {name: each for name, each in private.items() if name != f"part{len(network.state_dict()) - 1}"}
        )(small)


def test_only_the_norms_that_see_a_difference_are_compared(small, pictures, seen, remembering) -> None:
    found = asked(
        small,
        remembering(small, seen),
        Images(pictures, "data"),
        ANY,
        lambda spec: [replace(spec, stage_strides=(1, 2, 1))],
        lambda spec: [spec],
    )
    right, other = found.evidence
    assert right.by_norm[:5] == other.by_norm[:5]
    assert times_farther(other, right) == pytest.approx(sum(other.by_norm[5:]) / sum(right.by_norm[5:]))
