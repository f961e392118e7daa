"""A study's file is read whole, or refused with one sentence that names the place."""

import pytest

from explorer.datasets.catalogue import fit_spec
from explorer.model import assemble
from explorer.studies.bounds import LONGEST_FILE, MOST_RUNS
from explorer.studies.library import read_file, shipped
from explorer.studies.study import StudyError
from explorer.studies.toml_file import read_study
from tests.studies.conftest import TOML

MINIMAL = 'title = "T"\n[[networks]]\nname = "N"\nbase = "cifar_resnet20"\n'


def test_a_file_becomes_every_cell_of_its_grid() -> None:
    study = read_study(TOML)
    assert study.count == 16
    assert [cell.label for cell in study.cells[:2]] == [
        "Plain, layers 6, learning_rate 0.01",
        "Plain, layers 10, learning_rate 0.01",
    ]
    assert len({cell.label for cell in study.cells}) == 8
    assert {cell.settings.learning_rate for cell in study.cells} == {0.01, 0.02}
    assert study.cells[1].spec.stage_blocks == (2, 2)
    assert study.cells[1].spec.stem_width == 4, "the base's fields stay"
    assert [len(networks) for networks in study.batches.values()] == [4, 4]


def test_fields_that_are_given_together_are_taken_together() -> None:
    study = read_study(MINIMAL + "values.stem_width = [8, 16]\nvalues.stage_widths = [[8, 8, 8], [16, 16, 16]]\n")
    assert [(each.spec.stem_width, each.spec.stage_widths) for each in study.cells] == [
        (8, (8, 8, 8)),
        (16, (16, 16, 16)),
    ]


@pytest.mark.parametrize(
    ("text", "field", "part"),
    [
        ("title = ", "study", "not TOML"),
        ("x" * (LONGEST_FILE + 1), "study", "65,536"),
        ("a = " + "[" * 5_000, "study", "not TOML"),
        (MINIMAL.replace("title", "titel"), "titel", "there is title"),
        ('networks = 3\ntitle = "T"', "networks", "[[networks]]"),
        (MINIMAL.replace('"cifar_resnet20"', '"resnet_of_mine"'), "networks[1].base", "resnet_of_mine"),
        (MINIMAL.replace('"cifar_resnet20"', "7"), "networks[1].base", "preset"),
        (MINIMAL.replace('"cifar_resnet20"', '{preset = "resnet18", deep = 3}'), "networks[1].base", "deep"),
        (MINIMAL + "values.stem_width = []", "networks[1].values.stem_width", "1 to 100"),
        (MINIMAL + 'values.stem_width = ["wide"]', "networks[1].values.stem_width", "whole number"),
        (MINIMAL + "values.stem_with = [1]", "networks[1].values.stem_with", "stem_width"),
        (MINIMAL + "values.stem_width = [8, 16]\nvalues.skip_scale = [1.0]", "networks[1].values", "lengths"),
        (MINIMAL + '[[networks]]\nname = "N"\nbase = "resnet18"', "networks", "own name"),
        (MINIMAL + "[settings]\nsteps = 0", "settings.steps", "1 to 200,000"),
        (MINIMAL + "[settings]\nstep = 5", "settings.step", "steps"),
        (MINIMAL + "[settings]\nseed = 5", "settings.seed", "no such field"),
        (MINIMAL + "[grid]\nlearning_rate = 0.1", "grid.learning_rate", "list"),
        (MINIMAL + "[grid]\nmomentum = [0.9, 7]", "grid.momentum", "0 to 0.999"),
        ("seeds = 0\n" + MINIMAL, "seeds", "1 to 200"),
        ("seeds = true\n" + MINIMAL, "seeds", "1 to 200"),
        ("seeds = [1, -1]\n" + MINIMAL, "seeds", "-1"),
        (MINIMAL.replace('"T"', '"""a\nb"""'), "title", "one line"),
    ],
)
def test_a_bad_file_is_one_sentence_at_its_place(text: str, field: str, part: str) -> None:
    with pytest.raises(StudyError) as raised:
        read_study(text)
    assert raised.value.field == field
    assert part in raised.value.message
    assert "\n" not in raised.value.message


def test_a_million_runs_are_refused_by_their_number_and_never_made() -> None:
    values = ", ".join(f"{0.001 * number:.3f}" for number in range(1, 101))
    grid = f"seeds = 100\n{MINIMAL}[grid]\nlearning_rate = [{values}]\nweight_decay = [{values}]\n"
    with pytest.raises(StudyError, match=rf"1,000,000 runs, and one may have {MOST_RUNS:,}"):
        read_study(grid)


@pytest.mark.parametrize("repeated", ["[grid]\nmomentum = [0.9, 0.9]", "values.stem_width = [8, 8]"])
def test_a_value_given_twice_is_refused(repeated: str) -> None:
    with pytest.raises(StudyError, match="give each value once"):
        read_study(MINIMAL + repeated).check()


def test_a_network_that_cannot_be_built_is_named() -> None:
    with pytest.raises(StudyError, match=r"N, .*stem_width.*32"):
        read_study(MINIMAL + "values.stem_width = [32]").check()


def test_studies_that_ship_can_be_trained() -> None:
    assert set(shipped()) == {"he2015_depth", "cardinality"}
    for name in shipped():
        read_study(read_file(name)).check()


def test_he_2015_goes_from_8_to_110_layers_over_five_seeds() -> None:
    study = read_study(read_file("he2015_depth"))
    depths = [cell.spec.depth for cell in study.cells]
    assert depths == [8, 20, 32, 56, 110] * 2
    assert len(study.seeds) == 5
    assert [cell.spec.shortcut for cell in study.cells] == ["none"] * 5 + ["pad"] * 5


def test_cardinality_is_varied_at_equal_cost() -> None:
    study = read_study(read_file("cardinality"))
    macs = [assemble(fit_spec(cell.spec, cell.settings.dataset)).cost.macs for cell in study.cells]
    assert [cell.spec.cardinality for cell in study.cells] == [1, 2, 4, 8]
    assert all(abs(each / macs[0] - 1) < 0.06 for each in macs)


def test_a_file_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(StudyError, match=r"nowhere\.toml cannot be read .*he2015_depth"):
        read_file("nowhere.toml")
