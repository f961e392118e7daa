"""How quickly Build answers: a slider's move to painted numbers and picture, and the first page after the start.

    python -m benchmarks.slider

Both against an app of one slider and one line of text, with the same settings, on the same machine in the same run:
times are theirs and ours in turns, ratios of medians. A move is timed inside Chromium, from the key that moves the
slider to the second animation frame after the new parameters and the new picture are there (for the little app: its
line of text). A start is timed from `streamlit run` to the first page painted, in a browser that stands already.
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
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

ROOT = Path(__file__).parents[1]
LITTLE = """import streamlit as st
value = st.slider("Slider", 0, 1000, 3, key="slider")
st.markdown(f"The value is {value}.")
"""
MOVE_TARGET, START_TARGET = 2.0, 1.3
LONGEST = 90.0
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
    const numbers = document.querySelector('.st-key-metrics [data-testid=stMetricDelta]')?.textContent;
    const host = document.querySelector('.st-key-overview');
    const picture = host && deep(host, 'svg[viewBox] desc')?.textContent;
    return [numbers, picture];
}"""
SHOWN_THERE = """() => [document.querySelector('[data-testid=stMarkdown] p')?.textContent]"""

TIMED = """([shown, input]) => {
    const look = eval(shown);
    const before = look();
    const handle = document.querySelector(input);
    handle.focus();
    window.answered = new Promise((resolve) => {
        document.addEventListener('keydown', () => {
            const start = performance.now();
            const wait = () => {
                const now = look();
                if (now.every((part, place) => part && part !== before[place])) {
                    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
                } else setTimeout(wait, 2);
            };
            wait();
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


@contextlib.contextmanager
def served(app: App, folder: Path) -> Iterator[tuple[str, float]]:
    """Starts `streamlit run`; gives the address and the moment of the start, and ends the server with its children."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app.script), "--server.port", str(port)]
    began = time.perf_counter()
    server = subprocess.Popen(
        [*command, "--server.headless", "true"],
        cwd=app.script.parent if app.script.is_relative_to(folder) else ROOT,
        env={**os.environ, "RESIDUAL_EXPLORER_DATA": str(folder / "data")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://localhost:{port}/{app.query}", began
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
        with served(app, folder) as (address, began):
            open_when_there(context.new_page(), address, app.shown)
            return time.perf_counter() - began
    finally:
        context.close()


def move(page: Page, app: App) -> float:
    """Milliseconds of one move of the slider by a key."""
    page.evaluate(TIMED, [app.shown, app.slider])
    page.keyboard.press("ArrowRight")
    elapsed = float(page.evaluate("() => window.answered"))
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(150)
    return elapsed


def move_times(apps: list[App], folder: Path, browser: Any, moves: int) -> dict[str, list[float]]:
    """Milliseconds of every move, the apps in turns; the first move of each is not counted."""
    times: dict[str, list[float]] = {app.name: [] for app in apps}
    with contextlib.ExitStack() as open_apps:
        pages = []
        for app in apps:
            address, _ = open_apps.enter_context(served(app, folder))
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            open_when_there(page, address, app.shown)
            pages.append(page)
        for number in range(moves + 1):
            for app, page in zip(apps, pages, strict=True):
                page.bring_to_front()
                elapsed = move(page, app)
                if number:
                    times[app.name].append(elapsed)
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
    print(
        f"{what:32s} {mine:8.1f} {unit}   little app {yours:8.1f} {unit}   ratio {mine / yours:.2f} (aim {target:.1f})"
    )


def main() -> None:
    """Print a line for each network's slider and one for the start."""
    parser = argparse.ArgumentParser(description="Build against an app of one slider and one line of text")
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--starts", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        little, *ours = apps_in(folder)
        for app in ours:
            times = move_times([little, app], folder, browser, options.moves)
            report(f"slider to painted, {app.name}", times[app.name], times[little.name], "ms", MOVE_TARGET)
        starts: dict[str, list[float]] = {little.name: [], ours[0].name: []}
        for _ in range(options.starts):
            for app in (little, ours[0]):
                starts[app.name].append(1000 * start_seconds(app, folder, browser))
        report("first page, streamlit run", starts[ours[0].name], starts[little.name], "ms", START_TARGET)
        browser.close()


if __name__ == "__main__":
    main()
