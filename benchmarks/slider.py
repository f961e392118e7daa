"""How quickly Build answers: a slider's move to painted numbers and picture, and the first page after the start.

    python -m benchmarks.slider

Both against an app of one slider and one line of text, with the same settings, on the same machine in the same run:
times are theirs and ours in turns, ratios of medians. A move is timed inside Chromium, from the key that moves the
slider to the second animation frame after the new parameters and the new picture are there (for the little app: its
line of text). Build sends numbers and picture first and the rest of the page behind them: `settled` is the time until
the run of the script is over and shown, tables and controls included. A start is timed from `streamlit run` to numbers
and picture painted, in a browser that stands already. The first of either is not counted: like any later start, the
counted ones find Python's bytecode on the disk, which `PYTHONDONTWRITEBYTECODE` would keep from being written.
"""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Error, Page, sync_playwright

ROOT = Path(__file__).parents[1]
LITTLE = """import streamlit as st
value = st.slider("Slider", 0, 1000, 3, key="slider")
st.markdown(f"The value is {value}.")
"""
MOVE_TARGET, SETTLED_TARGET, START_TARGET = 2.0, 3.0, 1.3
LONGEST = 90.0
PAUSE = 150
"""Milliseconds between two moves."""
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")

SHOWN_HERE = """() => {
    const deep = (root, wanted) => {
        const found = root.querySelector(wanted);
        if (found) return found;
        for (const each of root.querySelectorAll('*')) {
            const inside = each.shadowRoot && deep(each.shadowRoot, wanted);
            if (inside) return inside;
        }
        return null;
    };
    const shown = (key, wanted) => {
        const host = document.querySelector(`.st-key-${key}`);
        return host && deep(host, wanted)?.textContent;
    };
    return [shown('totals', '.exact'), shown('overview', 'svg[viewBox] desc')];
}"""
SHOWN_THERE = """() => [document.querySelector('[data-testid=stMarkdown] p')?.textContent]"""

TIMED = """([shown, input]) => {
    const look = eval(shown);
    const before = look();
    const handle = document.querySelector(input);
    handle.focus();
    const changed = () => look().every((part, place) => part && part !== before[place]);
    const settled = () => document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]');
    const painted = (check, start) => new Promise((resolve) => {
        const frames = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
        const wait = () => check() ? frames(() => resolve(performance.now() - start)) : setTimeout(wait, 2);
        wait();
    });
    window.answered = new Promise((resolve) => {
        document.addEventListener('keydown', async () => {
            const start = performance.now();
            const answer = await painted(changed, start);
            resolve([answer, await painted(settled, start)]);
        }, { once: true, capture: true });
    });
}"""


@dataclass(frozen=True)
class App:
    """An app under measurement: its script, the address asked for, what shows that it has answered, its slider."""

    name: str
    script: Path
    query: str
    shown: str
    slider: str


class Server(NamedTuple):
    """A started app: its address, the moment of its start, and its process."""

    address: str
    began: float
    process: int


class Move(NamedTuple):
    """Milliseconds from the key to numbers and picture painted, and to the end of the run painted."""

    painted: float
    settled: float


@contextlib.contextmanager
def served(app: App, folder: Path) -> Iterator[Server]:
    """Starts `streamlit run`, and ends the server with its children."""
    with socket.socket() as experiment:
        experiment.bind(("127.0.0.1", 0))
        port = experiment.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app.script), "--server.port", str(port)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "RESIDUAL_EXPLORER_DATA": str(folder / "data")}
    began = time.perf_counter()
    server = subprocess.Popen(
        [*command, "--server.headless", "true"],
        cwd=app.script.parent if app.script.is_relative_to(folder) else ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield Server(f"http://localhost:{port}/{app.query}", began, server.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def open_when_there(page: Page, address: str, shown: str) -> None:
    """Loads the page as soon as the server answers, and waits until it is painted."""
    limit = time.monotonic() + LONGEST
    while True:
        try:
            page.goto(address)
            break
        except Error:
            if time.monotonic() > limit:
                raise
            time.sleep(0.02)
    page.wait_for_function(f"() => ({shown})().every(Boolean)", polling=10, timeout=1000 * LONGEST)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def start_seconds(app: App, folder: Path, browser: Any) -> float:
    """From `streamlit run` to the first page painted."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    try:
        with served(app, folder) as server:
            open_when_there(context.new_page(), server.address, app.shown)
            return time.perf_counter() - server.began
    finally:
        context.close()


def move(page: Page, app: App) -> Move:
    """One move of the slider by a key."""
    page.evaluate(TIMED, [app.shown, app.slider])
    page.keyboard.press("ArrowRight")
    painted, settled = page.evaluate("() => window.answered")
    page.wait_for_timeout(PAUSE)
    return Move(painted, settled)


def opened(page: Page, app: App, address: str) -> None:
    """The app on its page, with its slider, settled."""
    open_when_there(page, address, app.shown)
    page.wait_for_selector(app.slider, state="attached")
    page.wait_for_selector(SETTLED)
    page.wait_for_timeout(10 * PAUSE)


def move_times(apps: list[App], folder: Path, browser: Any, moves: int) -> dict[str, list[Move]]:
    """Every move, the apps in turns; the first move of each is not counted."""
    times: dict[str, list[Move]] = {app.name: [] for app in apps}
    with contextlib.ExitStack() as open_apps:
        pages = []
        for app in apps:
            address = open_apps.enter_context(served(app, folder)).address
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            opened(page, app, address)
            pages.append(page)
        for number in range(moves + 1):
            for app, page in zip(apps, pages, strict=True):
                page.bring_to_front()
                moved = move(page, app)
                if number:
                    times[app.name].append(moved)
        for page in pages:
            page.close()
    return times


def apps_in(folder: Path) -> tuple[App, App, App]:
    """The little app, with our settings, and Build on two networks."""
    script = folder / "little.py"
    script.write_text(LITTLE)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit", dirs_exist_ok=True)
    build, input_of = ROOT / "explorer" / "app.py", ".st-key-{} input[type=range]"
    little = App("little app", script, "", SHOWN_THERE, input_of.format("slider"))
    ours = [
        App(name, build, f"?preset={name}", SHOWN_HERE, input_of.format("stage_blocks-0"))
        for name in ("resnet50", "resnet152")
    ]
    return little, ours[0], ours[1]


def report(what: str, ours: list[float], theirs: list[float], unit: str, target: float) -> None:
    """One line: both medians, their ratio, the ratio aimed at."""
    mine, yours = statistics.median(ours), statistics.median(theirs)
    ratio = f"ratio {mine / yours:.2f} (aim {target:.1f})"
    print(f"{what:32s} {mine:8.1f} {unit}   little app {yours:8.1f} {unit}   {ratio}", flush=True)


def report_moves(name: str, ours: list[Move], theirs: list[Move]) -> None:
    """Two lines: until numbers and picture are painted, and until all the rest is."""
    for part, target in (("painted", MOVE_TARGET), ("settled", SETTLED_TARGET)):
        mine, yours = ([getattr(move, part) for move in moves] for moves in (ours, theirs))
        report(f"slider to {part}, {name}", mine, yours, "ms", target)


def main() -> None:
    """Print two lines for each network's slider and one for the start."""
    parser = argparse.ArgumentParser(description="Build against an app of one slider and one line of text")
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--starts", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        little, *ours = apps_in(folder)
        for app in ours:
            times = move_times([little, app], folder, browser, options.moves)
            report_moves(app.name, times[app.name], times[little.name])
        starts: dict[str, list[float]] = {little.name: [], ours[0].name: []}
        for number in range(options.starts + 1):
            for app in (little, ours[0]):
                seconds = start_seconds(app, folder, browser)
                if number:
                    starts[app.name].append(1000 * seconds)
        report("first page, streamlit run", starts[ours[0].name], starts[little.name], "ms", START_TARGET)
        browser.close()


if __name__ == "__main__":
    main()
