"""Plans and their bounds, shares that are dealt, who may start, bands over curves, and places in the queue."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.classes.errors import ClassError
from explorer.jobs.machine_speed import Slowdown
from explorer.model.changes import with_blocks
from explorer.runs import estimates
from explorer.runs.estimates import TimeRange
from explorer.runs.records import NamedNetwork
from explorer.shared_runs import waiting
from explorer.shared_runs.band import Curves, band
from explorer.shared_runs.bounds import FEWEST_FOR_BAND, LEFT_AFTER_SECONDS, MOST_STARTED, UNSTARTED_SECONDS
from explorer.shared_runs.plan import AXES, Plan, Varied, read_values
from explorer.shared_runs.records import (
    LEFT,
    REASONS,
    SeatRun,
    SharedRun,
    check_may_start,
    next_number,
    owner_of,
    seat_of,
    why,
)
from tests.shared_runs.conftest import NETWORK, PLAN, SETTINGS, STARTED, TINY, Lab, step

GRID = replace(PLAN, varied=(Varied("learning_rate", (0.01, 0.1)), Varied("depth", (2, 4, 6))))


def test_without_a_grid_each_number_is_a_seed() -> None:
    shares = [PLAN.share(number) for number in range(3)]
    assert [share.seed for share in shares] == [5, 6, 7]
    assert {share.cell for share in shares} == {0}
    assert shares[1].trained == [(NETWORK, replace(SETTINGS, seed=6))]


def test_the_cells_of_a_grid_are_dealt_in_turn_and_all_get_the_same_seeds() -> None:
    shares = [GRID.share(number) for number in range(12)]
    assert [share.cell for share in shares] == [*range(6), *range(6)]
    assert [share.seed for share in shares] == [5] * 6 + [6] * 6
    ((network, settings),) = shares[5].trained
    assert (network, settings.learning_rate) == (NamedNetwork("Tiny, 6 blocks", with_blocks(TINY, 6)), 0.1)


def test_a_plan_survives_its_storage() -> None:
    for plan in (PLAN, GRID, replace(PLAN, per_seat=3)):
        assert Plan.from_json(plan.to_json()) == plan
    with pytest.raises(ValueError, match="vary"):
        Plan.from_json(GRID.to_json().replace('learning_rate","values', 'colour","values'))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"networks": ()}, "1 to 4 networks"),
        ({"networks": (NETWORK,) * 5}, "not 5"),
        ({"settings": replace(SETTINGS, steps=5_001)}, "5,000 steps"),
        ({"per_seat": 0}, "1 to 10 runs"),
        ({"per_seat": 11}, "1 to 10 runs"),
        ({"varied": (Varied("depth", (2, 4)),) * 2}, "are the same"),
        ({"varied": (Varied("depth", (2, 3, 4, 5)), Varied("momentum", (0, 0.1, 0.2, 0.3)))}, "16 cells"),
    ],
)
def test_what_is_more_than_the_bounds_allow_is_a_sentence(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ClassError, match=sentence):
        replace(PLAN, **changes)  # type: ignore[arg-type]


def test_a_cell_that_cannot_be_trained_is_named() -> None:
    GRID.check()
    with pytest.raises(ClassError, match=r"Tiny: 1 blocks cannot fill 2 stages\.$"):
        replace(GRID, varied=(Varied("depth", (1, 2)),)).check()


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("learning_rate", "0.01, 0.1;1", (0.01, 0.1, 1.0)),
        ("depth", " 3 9\n27 ", (3, 9, 27)),
        ("learning_rate", "", None),
        ("learning_rate", "0.1", None),
        ("learning_rate", "0.1 0.1", None),
        ("learning_rate", "0.1 nan", None),
        ("learning_rate", "0.1 1e9", None),
        ("learning_rate", "0.1 =1+1", None),
        ("depth", "3 4.5", None),
        ("batch_size", "1 2 3 4 5 6 7", None),
        ("batch_size", "9" * 10_000, None),
    ],
)
def test_typed_values_are_read_or_a_sentence_names_the_setting(
    name: str, text: str, values: tuple[float, ...] | None
) -> None:
    if values is not None:
        assert read_values(name, text) == Varied(name, values)
        return
    with pytest.raises(ClassError, match=AXES[name].label):
        read_values(name, text)


@given(st.sampled_from([*AXES]), st.text())
def test_any_text_is_values_or_a_sentence(name: str, text: str) -> None:
    try:
        found = read_values(name, text)
    except ClassError as error:
        assert str(error).endswith(".")  # noqa: PT017 - either way is right
    else:
        assert len(found.values) >= 2


def seat_run(number: int, seat_id: int = 1, stopped: str = "") -> SeatRun:
    return SeatRun(number + 1, "s", seat_id, number, str(number), 0.0, stopped)


def shared(per_seat: int = 1, closed: float | None = None) -> SharedRun:
    return SharedRun("s", "c", 1, 0.0, closed, replace(PLAN, per_seat=per_seat).to_json())


def test_the_share_of_a_stopped_run_is_dealt_again() -> None:
    assert next_number([]) == 0
    assert next_number([seat_run(0), seat_run(1)]) == 2
    assert next_number([seat_run(0), seat_run(1, stopped=LEFT), seat_run(2)]) == 1


def test_a_seat_has_one_run_at_a_time_and_as_many_as_the_teacher_allows() -> None:
    check_may_start(shared(), 1, [seat_run(0, seat_id=2)], ())
    with pytest.raises(ClassError, match="one at a time"):
        check_may_start(shared(2), 1, [seat_run(0)], ())
    check_may_start(shared(2), 1, [seat_run(0)], {1})
    with pytest.raises(ClassError, match="your 2 runs"):
        check_may_start(shared(2), 1, [seat_run(0), seat_run(1)], {1, 2})
    check_may_start(shared(2), 1, [seat_run(0), seat_run(1, stopped=LEFT)], {1, 2})
    with pytest.raises(ClassError, match="closed"):
        check_may_start(shared(closed=1.0), 1, [], ())
    with pytest.raises(ClassError, match="300 runs"):
        check_may_start(shared(), 1, [seat_run(number, seat_id=2) for number in range(MOST_STARTED)], ())


def test_a_run_that_never_came_into_the_queue_blocks_its_seat_for_a_moment_only() -> None:
    assert not seat_run(0).is_over((), UNSTARTED_SECONDS)
    assert seat_run(0).is_over((), UNSTARTED_SECONDS + 1)
    assert seat_run(0, stopped=LEFT).is_over((), 0.0)


def test_owners_are_seats_and_no_browser_is_one() -> None:
    assert seat_of(owner_of("abc", 12)) == ("abc", 12)
    assert seat_of("0123456789abcdef" * 2) is None
    assert seat_of("class/abc/x") is None
    assert f"{LEFT_AFTER_SECONDS / 60:.0f} minutes" in str(why(LEFT))
    assert all(str(why(reason)) for reason in REASONS)


def test_a_band_is_the_median_between_the_quartiles() -> None:
    found = band([{10: value, 20: 2 * value} for value in (1.0, 2.0, 3.0, 4.0, 100.0)])
    assert (found.steps, found.middle, found.low, found.high) == ([10, 20], [3.0, 6.0], [2.0, 4.0], [4.0, 8.0])
    assert found.curves == 5


def test_few_curves_have_a_median_and_no_band() -> None:
    assert band([]) == band([{}, {}]) == ([], [], (), (), 0)
    found = band([{10: 1.0}, {10: 2.0, 20: 3.0}, {10: 6.0}, {}])
    assert (found.steps, found.middle, found.low, found.curves) == ([10], [2.0], (), 3)


def test_the_fastest_runs_alone_do_not_make_the_end_of_a_band() -> None:
    late = [{10: 1.0}] * 3
    assert band([{10: 1.0, 20: 9.0}, *late]).steps == [10]
    assert band([{10: 1.0, 20: 9.0}] * FEWEST_FOR_BAND + late).steps == [10, 20]


@given(st.lists(st.dictionaries(st.integers(1, 5), st.floats(0, 1e6)), max_size=9))
def test_a_band_lies_around_its_median(curves: list[dict[int, float]]) -> None:
    found = band(curves)
    assert len(found.steps) == len(found.middle)
    for low, middle, high in zip(found.low, found.middle, found.high, strict=bool(found.low) or not found.middle):
        assert low <= middle <= high


def test_curves_are_read_from_events_and_a_resumed_run_repeats_its_steps() -> None:
    curves = Curves()
    for event in (
        STARTED,
        step(10, 3.0),
        step(20, float("nan")),
        step(30, 1.0),
        replace(STARTED, step=10),
        step(20, 2.0),
    ):
        curves.add("r", event)
    assert curves.of("r", "train_loss") == {10: 3.0, 20: 2.0}
    assert curves.of("r", "test_loss") == curves.of("other", "train_loss") == {}


def test_the_time_of_a_plan_grows_with_its_seats_and_shrinks_with_its_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "has_graphics_card", lambda: False)
    waiting.estimated.cache_clear()
    one = estimates.training_seconds(TINY, SETTINGS)
    start = estimates.STARTING
    steady = Slowdown(1.0, 2.0)
    found = waiting.plan_range(PLAN, 12, 2, steady)
    assert found == pytest.approx((start + 6 * one, 2 * (start + 6 * one)))
    monkeypatch.setattr(estimates, "has_graphics_card", lambda: True)
    waiting.estimated.cache_clear()
    assert waiting.plan_range(PLAN, 4, 2, steady) is None
    waiting.estimated.cache_clear()


def test_a_place_in_the_queue_counts_what_trains_and_what_waits_before(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimates, "has_graphics_card", lambda: False)
    waiting.estimated.cache_clear()
    lab.conductor.define(lab.teacher, PLAN)
    for seat in range(3):
        lab.start(seat)
    lab.train_next()
    active = {run.id: run for run in lab.newest().runs if run.state == "queued"}
    queue, steady = lab.runs.queue(), Slowdown(1.0, 2.0)
    one = estimates.training_seconds(TINY, SETTINGS)
    guessed = waiting.places(queue, active, {}, 1, steady)
    assert guessed[queue[0]] == (1, 2, TimeRange(0.0, 0.0))
    assert guessed[queue[1]] == (2, 2, pytest.approx((one, 2 * one)))
    known = waiting.measured(lab.newest().runs)
    assert list(known.values()) == [2.0]
    assert waiting.places(queue, active, known, 1, steady)[queue[1]].seconds == pytest.approx((1.6, 2.5))
    assert waiting.places(queue, active, known, 2, steady)[queue[1]].seconds == (0.0, 0.0)
    strangers = {run_id: run for run_id, run in active.items() if run_id == queue[1]}
    assert waiting.places(queue, strangers, known, 1, steady)[queue[1]] == (2, 2, None)
