"""A training comparison as a link and as a command, its axes, what papers print, and what to look for."""

import shlex
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from explorer.cli.main import build_parser
from explorer.datasets.catalogue import fit_spec
from explorer.model import ModelSpec, assemble, preset
from explorer.outputs.tables.table import FORMATS
from explorer.runs.records import NamedNetwork, TrainingComparison
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store
from explorer.ui.common.run_names import run_names
from explorer.ui.train import hints, published
from explorer.ui.train.curves.axes import AXES, abscissa, whole_length
from explorer.ui.train.curves.curves import Point, RunCurves, TrainingCurves
from explorer.ui.train.progress import notes, seconds_left
from explorer.ui.train.results import as_table, result_table, seeds_table
from explorer.ui.train.setup import TrainingSetup
from explorer.ui.train.share import command_of, link_of
from tests.texts import numbers

OWN = ModelSpec(stem="cifar", stage_blocks=(1, 1), stage_widths=(8, 16), block="basic")


def comparison(settings: TrainingSettings, *specs: ModelSpec, seeds: tuple[int, ...] = (0,)) -> TrainingComparison:
    named_networks = [NamedNetwork(f"net {number}", spec) for number, spec in enumerate(specs)]
    return Store().create_comparison(named_networks, settings, owner="me", name="a training comparison", seeds=seeds)


def test_the_link_opens_the_comparison_here_and_sets_the_same_one_up_elsewhere(data_directory) -> None:
    settings = TrainingSettings(steps=70, learning_rate=0.05, seed=3, schedule="cosine")
    record = comparison(settings, preset("cifar_resnet20"), OWN, seeds=(3, 4))
    link = link_of(record, "http://here:1/train?race=other&steps=5")
    assert link.startswith("http://here:1/train?race=")
    query = parse_qs(urlsplit(link).query)
    assert query["race"] == [record.id]
    elsewhere = TrainingSetup.from_query(query)
    assert elsewhere.warnings == []
    named_networks, found = elsewhere.checked()
    assert [network.spec for network in named_networks] == [preset("cifar_resnet20"), OWN]
    assert found == settings
    assert elsewhere.seeds() == [3, 4]


def test_the_command_repeats_every_seed_with_what_differs_from_the_defaults(data_directory) -> None:
    record = comparison(TrainingSettings(steps=70, batch_size=16), preset("cifar_plain20"), OWN, seeds=(3, 4))
    lines = command_of(record).splitlines()
    assert len(lines) == 2
    words = shlex.split(lines[1])
    assert words[:4] == ["python", "-m", "explorer", "train"]
    options = build_parser(words[3:]).parse_args(words[3:])
    assert (options.steps, options.batch_size, options.seed) == ("70", "16", "4")
    assert options.models[0] == "cifar_plain20"
    assert ModelSpec.from_json(options.models[1]) == OWN


def test_one_point_lies_at_its_step_epoch_time_and_work(data_directory) -> None:
    (run,) = comparison(TrainingSettings(steps=200, batch_size=64), preset("cifar_resnet20")).runs
    point, curves = Point(100, 4.5, 1.0), RunCurves()
    forward = assemble(fit_spec(preset("cifar_resnet20"), "digits")).cost.macs
    places = {by: abscissa(by, run, curves) for by in AXES}
    found = {by: place(point) for by, place in places.items() if place}
    assert found == {
        "step": 100.0,
        "epoch": pytest.approx(100 * 64 / 1437),
        "seconds": 4.5,
        "macs": 100 * 64 * forward,
    }
    assert whole_length("macs", run, curves) == 200 * 64 * forward
    assert whole_length("seconds", run, curves) is None


def test_papers_are_quoted_with_table_and_protocol_and_drawn_on_their_own_data_alone(data_directory) -> None:
    on_digits = comparison(TrainingSettings(), preset("cifar_resnet20"), OWN, seeds=(0, 1)).runs
    table = published.paper_table(on_digits)
    assert list(table["error"]) == ["8.75"]
    assert table["source"].iloc[0] == "https://arxiv.org/abs/1512.03385#He et al. 2015, Table 6"
    assert table["protocol"].iloc[0].startswith("single run")
    assert published.references(on_digits) == []
    there = [replace(run, dataset="cifar10") for run in on_digits]
    (line,) = published.references(there)
    assert (line.quantity, line.value) == ("test_error", 8.75)
    assert published.references([replace(run, dataset="cifar100") for run in on_digits]) == []


def test_what_to_look_for_depends_on_the_networks() -> None:
    said = hints.paragraphs()
    assert set(said) == set(hints.CONDITIONS)
    default = [preset(name) for name in ("cifar_plain20", "cifar_plain56", "cifar_resnet20", "cifar_resnet56")]
    shown = hints.hints_for(default)
    assert shown[0] == said["degradation"]
    assert said["twins"] in shown
    assert said["scale"] not in shown
    alone = hints.hints_for([replace(preset("cifar_resnet20"), skip="scale", skip_scale=1.5)])
    assert said["scale"] in alone
    assert said["twins"] not in alone


def test_the_results_become_files_and_seeds_are_summed_up(data_directory) -> None:
    record = comparison(TrainingSettings(), preset("cifar_plain20"), preset("cifar_resnet20"), seeds=(0, 1))
    table = result_table(record, TrainingCurves(record.id))
    table.loc[[0, 2], "train_loss"] = [0.2, 0.4]
    ended = replace(record, runs=tuple(replace(run, state="finished") for run in record.runs[:3]) + record.runs[3:])
    summed = seeds_table(ended, table)
    assert [numbers(each) for each in summed["Seeds"]] == [["2", "2"], ["1", "2"]]
    assert numbers(summed["Training loss"].iloc[0]) == ["0.3000", "0.2000", "0.4000"]
    whole = as_table(table, "Results", [str(column) for column in table.columns])
    for kind in ("csv", "markdown", "latex"):
        text = FORMATS[kind](whole)
        assert run_names(record.runs)[record.runs[0].id] in text
        assert "nan" not in text.lower()


def test_time_left_counts_what_waits_and_says_whose_runs_stand_between(data_directory) -> None:
    record = comparison(TrainingSettings(steps=100), preset("cifar_resnet20"), preset("cifar_resnet20"))
    assert seconds_left(record, TrainingCurves(record.id)) is None
    first, second = record.runs
    begun = replace(record, runs=(replace(first, state="running", step=50, seconds=5.0), second))
    assert seconds_left(begun, TrainingCurves(record.id)) == pytest.approx(15.0)
    (note,) = notes(begun, TrainingCurves(record.id), ["foreign", second.id, "later"])
    assert numbers(note) == ["10", "20", "1"], "seconds left, runs of other visitors"
