"""How many students one server bears: clients that load Build and move its sliders, as a class does.

    python -m benchmarks.classroom
    python -m benchmarks.classroom --clients 30 100 --think 3 --seconds 40 --trainings 2

Each client speaks Streamlit's protocol over a WebSocket, as a browser does, opens the page, and moves a slider every
THINK seconds on average (exponentially distributed). A move is timed until the run of the script has ended, the page's
own pause for painting included. The same clients move the slider of the little app of `benchmarks.slider` in the same
run, on the same machine, which gives the ratios. `--trainings` networks train meanwhile, by the server's own launcher
at its low priority. The clients' own work takes part of the machine too: on two cores about a quarter of one.

Processor time is the server's own, user and system, over all its threads (Linux; left out elsewhere).
"""

import argparse
import asyncio
import contextlib
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks.slider import App, apps_in, served
from explorer.model import preset
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store

SLIDERS = ("Blocks, stage", "Slider")
"""Beginnings of the labels of the sliders that are moved: Build's, and the little app's."""
STOPS = 12
"""Stops of a slider that are used: networks of usual depths."""
ARRIVAL_SECONDS = 3.0
"""Over which the clients arrive, as a class does that is told a link."""
WARM_UP_SECONDS = 3.0
STEPS = 200_000
"""Of the trainings: more than the measurement takes."""


@dataclass
class Seen:
    """What the clients of one measurement saw: seconds of every load and move, and what went wrong."""

    loads: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    exceptions: int = 0
    lost: list[str] = field(default_factory=list)
    processor: float | None = None
    seconds: float = 0.0
    """From the last arrival to the end; moves are counted in it only."""


@dataclass
class Slider:
    """A slider as the server sent it: its widget's id, its fragment, its options, and its greatest value."""

    widget: str
    fragment: str
    options: Sequence[str]
    greatest: float


class Client:
    """One student's browser."""

    def __init__(self, socket: ClientConnection, address: str, seen: Seen) -> None:
        self.socket, self.address, self.seen = socket, address, seen
        self.sliders: dict[str, Slider] = {}
        self.reported: dict[str, WidgetState] = {}

    async def load(self) -> None:
        """Opens the page."""
        self.seen.loads.append(await self._run(BackMsg()))

    async def move(self) -> float:
        """Moves one of the sliders somewhere, and returns the seconds until the run has ended."""
        slider = self.sliders[random.choice(list(self.sliders))]
        state = WidgetState(id=slider.widget)
        if slider.options:
            state.string_array_value.data.append(random.choice(slider.options[:STOPS]))
        else:
            state.double_array_value.data.append(random.randint(0, int(slider.greatest)))
        self.reported[slider.widget] = state
        message = BackMsg()
        message.rerun_script.fragment_id = slider.fragment
        message.rerun_script.widget_states.widgets.extend(self.reported.values())
        return await self._run(message)

    async def _run(self, message: BackMsg) -> float:
        began = time.perf_counter()
        message.rerun_script.context_info.url = self.address
        await self.socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(bytes(await self.socket.recv(decode=False)))
            if answer.WhichOneof("type") == "script_finished":
                return time.perf_counter() - began
            self._note(answer)

    def _note(self, answer: ForwardMsg) -> None:
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.seen.exceptions += 1
        if kind == "slider" and element.slider.label.startswith(SLIDERS):
            shown = element.slider
            self.sliders[shown.label] = Slider(shown.id, answer.delta.fragment_id, shown.options, shown.max)


def connected(address: str) -> connect:
    """A WebSocket to the app at this address, as a browser opens it; to be used as a context."""
    place = urlsplit(address)
    stream, origin = f"ws://{place.netloc}/_stcore/stream", f"http://{place.netloc}"
    return connect(stream, max_size=None, subprotocols=["streamlit"], origin=origin)  # type: ignore[list-item, arg-type]


async def student(address: str, arrives: float, think: float, until: float, seen: Seen) -> None:
    """Arrives, opens the page, and moves sliders until the time is over."""
    await asyncio.sleep(arrives)
    async with connected(address) as socket:
        client = Client(socket, address, seen)
        await client.load()
        counted_from = until - seen.seconds
        await asyncio.sleep(max(0.0, counted_from - time.perf_counter()))
        while True:
            await asyncio.sleep(random.expovariate(1 / think))
            if time.perf_counter() >= until:
                return
            took = await client.move()
            seen.moves.append(took)


def processor_seconds(process: int) -> float | None:
    """The processor time that a process has had; None where the system does not say it this way."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def watch(address: str, process: int, clients: int, think: float, seconds: float) -> Seen:
    """Lets a class of so many students arrive and then move sliders for so many seconds."""
    # Loads come first and are measured by themselves; moves are counted once everybody has had time to arrive.
    settled = ARRIVAL_SECONDS + 0.15 * clients
    seen = Seen(seconds=seconds)
    until = time.perf_counter() + settled + seconds

    async def attempt(number: int) -> None:
        try:
            await student(address, ARRIVAL_SECONDS * number / clients, think, until, seen)
        except (OSError, WebSocketException) as error:
            seen.lost.append(f"{type(error).__name__}: {error}")

    async def processor() -> None:
        await asyncio.sleep(settled)
        before = processor_seconds(process)
        await asyncio.sleep(seconds)
        after = processor_seconds(process)
        seen.processor = None if before is None or after is None else after - before

    await asyncio.gather(processor(), *(attempt(number) for number in range(clients)))
    return seen


@contextlib.contextmanager
def trainings(count: int, folder: Path) -> Iterator[None]:
    """Trains so many networks meanwhile, as the app's own launcher does, in a run store of their own."""
    if not count:
        yield
        return
    os.environ["RESIDUAL_EXPLORER_DATA"] = str(folder / "trainings")
    store = Store()
    launcher = LocalLauncher(store, limit=count)
    named = [NamedNetwork(f"network {number}", preset("cifar_resnet20")) for number in range(count)]
    comparison = store.create_comparison(named, TrainingSettings(steps=STEPS), owner="benchmark", name="benchmark")
    runs = [run.id for run in comparison.runs]
    launcher.start()
    try:
        while set(store.states(runs).values()) != {"running"}:
            time.sleep(0.2)
        yield
    finally:
        launcher.stop()
        store.close()


def measured(app: App, folder: Path, clients: int, think: float, seconds: float) -> Seen:
    """What a class sees of an app that has just been started; one student has warmed it up."""
    with served(app, folder) as server:
        asyncio.run(watch(server.address, server.process, 1, think, WARM_UP_SECONDS))
        return asyncio.run(watch(server.address, server.process, clients, think, seconds))


def report(app: App, clients: int, seen: Seen, peer: Seen) -> None:
    """Two lines: what students wait for, and what a move takes of the server, each against the little app."""

    def percentile(times: Sequence[float], share: float) -> float:
        return 1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))]

    moves, loads = seen.moves, seen.loads
    print(
        f"{clients:4d} students, {app.name}: load {1000 * statistics.median(loads):,.0f} ms, move"
        f" {percentile(moves, 0.5):,.0f} ms, p95 {percentile(moves, 0.95):,.0f} ms,"
        f" {len(moves) / seen.seconds:.1f} moves a second; lost {len(seen.lost)}, exceptions {seen.exceptions}"
    )
    if seen.processor is not None and peer.processor is not None:
        ours, theirs = (1000 * each.processor / len(each.moves) for each in (seen, peer))  # type: ignore[operator]
        print(f"     processor time a move {ours:.1f} ms   little app {theirs:.1f} ms   ratio {ours / theirs:.1f}")
    for reason in sorted(set(seen.lost))[:3]:
        print(f"     lost: {reason}")


def main() -> None:
    """Print what classes of each size see of Build, without and with trainings beside it."""
    parser = argparse.ArgumentParser(description="Classes that move Build's sliders, against an app of one slider")
    parser.add_argument("--clients", type=int, nargs="+", default=[30, 100])
    parser.add_argument("--think", type=float, default=3.0, help="seconds between a student's moves, on average")
    parser.add_argument("--seconds", type=float, default=30.0, help="for which moves are counted")
    parser.add_argument("--trainings", type=int, nargs="+", default=[0, 2], help="networks that train meanwhile")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        little, build, _ = apps_in(folder)
        for count in options.trainings:
            with trainings(count, folder):
                print(f"{count} networks train meanwhile", flush=True)
                for clients in options.clients:
                    seen = [measured(app, folder, clients, options.think, options.seconds) for app in (little, build)]
                    report(build, clients, seen[1], seen[0])


if __name__ == "__main__":
    main()
