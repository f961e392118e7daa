from hypothesis import given
from hypothesis import strategies as st

from explorer.runs.records import Waiting, fair_order


def waiting(*owners: str) -> list[Waiting]:
    return [Waiting(f"{owner}{index}", owner, float(index), 0) for index, owner in enumerate(owners)]


def test_one_owner_s_runs_keep_their_order() -> None:
    assert fair_order(waiting("a", "a", "a"), {}, {}) == ["a0", "a1", "a2"]


def test_owners_take_turns_however_many_runs_one_of_them_queued_first() -> None:
    assert fair_order(waiting("a", "a", "a", "b", "b"), {}, {}) == ["a0", "b3", "a1", "b4", "a2"]


def test_whoever_has_less_in_work_goes_first() -> None:
    assert fair_order(waiting("a", "a", "b"), {"a": 1}, {}) == ["b2", "a0", "a1"]


def test_whoever_was_served_longest_ago_goes_first() -> None:
    assert fair_order(waiting("a", "b", "c"), {}, {"a": 30.0, "b": 10.0, "c": 20.0}) == ["b1", "c2", "a0"]


def test_a_comparison_keeps_its_order_of_named_networks() -> None:
    comparison = [Waiting("z", "a", 1.0, 0), Waiting("y", "a", 1.0, 1), Waiting("x", "a", 1.0, 2)]
    assert fair_order(reversed(comparison), {}, {}) == ["z", "y", "x"]


@given(
    st.lists(st.sampled_from("abcd"), max_size=30),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3)),
    st.dictionaries(st.sampled_from("abcd"), st.floats(0, 100)),
)
def test_nobody_is_ahead_by_more_than_one(owners: str, running: dict[str, int], served: dict[str, float]) -> None:
    order = fair_order(waiting(*owners), running, served)
    assert sorted(order) == sorted(run.run_id for run in waiting(*owners))
    load = {owner: running.get(owner, 0) for owner in owners}
    left = {owner: list(owners).count(owner) for owner in owners}
    for run_id in order:
        owner = run_id[0]
        assert load[owner] == min(load[other] for other in left if left[other])
        load[owner] += 1
        left[owner] -= 1
