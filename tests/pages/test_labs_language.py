"""The labs in another language: the tables and charts of every part are drawn under translated heads."""

import re

import pytest

from explorer.ui.labs.registry import LABS
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager
from tests.pages.test_labs import open_part, press

__all__ = ["job_manager"]

CHINESE = re.compile("[一-鿿]")


@pytest.mark.slow
@pytest.mark.parametrize(("lab", "part"), [(lab.name, part.name) for lab in LABS.values() for part in lab.parts])
def test_a_part_shows_its_result_in_chinese(bench: Bench, job_manager: FakeJobManager, lab: str, part: str) -> None:
    app = open_part(bench, lab, part, lang="zh")
    for ending in ("skip", "run"):
        for key in [each.key for each in app.button if str(each.key).endswith(f".{ending}")]:
            press(app, key)
    for table in app.dataframe:
        assert any(CHINESE.search(str(head)) for head in table.value.columns)
