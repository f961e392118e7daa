"""The progress of a computation."""

from explorer.ui.measuring.progress import rounded_seconds


def test_a_duration_is_rounded_for_a_reader() -> None:
    assert (rounded_seconds(0.3), rounded_seconds(5.4), rounded_seconds(600.0)) == ("under 1 s", "5 s", "10.0 min")
