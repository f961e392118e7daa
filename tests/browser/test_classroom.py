"""The benchmark of classes speaks Streamlit's protocol with the real app, as many browsers do."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from benchmarks.classroom import watch
from tests.browser.server import RunningApp


def test_students_load_build_and_move_its_sliders(app: RunningApp) -> None:
    with ThreadPoolExecutor() as thread:  # Playwright's loop runs in this one.
        seen = thread.submit(lambda: asyncio.run(watch(app.url, app.process_group, 2, think=0.2, seconds=4.0))).result()
    assert (seen.lost, seen.exceptions) == ([], 0)
    assert len(seen.loads) == 2
    assert len(seen.moves) >= 2
    assert seen.processor is None or 0 < seen.processor < 10 * len(seen.moves)
