"""What a machine bears, as its owner sets it."""

import pytest

from explorer.jobs.capacity import UPLOAD_MB, UPLOAD_VARIABLE, upload_limit_mb
from explorer.jobs.errors import SettingsError


def test_the_owner_sets_how_much_a_visitor_may_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(UPLOAD_VARIABLE, raising=False)
    assert upload_limit_mb() == UPLOAD_MB
    monkeypatch.setenv(UPLOAD_VARIABLE, "2000")
    assert upload_limit_mb() == 2000


@pytest.mark.parametrize("value", ["", "0", "-1", "many", "1e3", "100001"])
def test_a_limit_that_is_none_is_refused_by_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(UPLOAD_VARIABLE, value)
    with pytest.raises(SettingsError, match=UPLOAD_VARIABLE):
        upload_limit_mb()
