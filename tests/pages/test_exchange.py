"""The Weights tab of Build: a checkpoint held against the network, ONNX out, published weights by a stated click."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.jobs.weights_and_onnx import (
    CheckpointReport,
    ExchangeError,
    PublishedWeights,
    report_lines,
    report_summary,
)
from explorer.model import ModelSpec, preset
from explorer.ui.build import weights as exchange
from tests.pages.conftest import Bench

OFFER = PublishedWeights(
    "resnet18", "V1", True, 11_689_512, 1.8, 44.66, 69.8, 89.1, "", "", (1, 1), "ResNet18_Weights.IMAGENET1K_V1"
)


class Engine:
    """Stands for the child processes: remembers what was asked, answers what the test wants."""

    def __init__(self) -> None:
        self.asked: list[tuple[ModelSpec, str]] = []
        self.read = b""
        self.weights_read: bytes | None = None
        self.answer: CheckpointReport | ExchangeError = CheckpointReport("file", 122, "torchvision")

    def check(self, spec: ModelSpec, source: str) -> CheckpointReport:
        self.asked.append((spec, Path(source).name))
        self.read = Path(source).read_bytes() if Path(source).exists() else b""
        if isinstance(self.answer, ExchangeError):
            raise self.answer
        return self.answer

    def export(self, spec: ModelSpec, path: Path, weights: Path | None = None) -> int:
        self.weights_read = weights.read_bytes() if weights else None
        return path.write_bytes(b"onnx of " + str(spec.num_classes).encode())


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    monkeypatch.setattr(exchange, "check_weights", engine.check)
    monkeypatch.setattr(exchange, "export_onnx", engine.export)
    monkeypatch.setattr(exchange, "published_weights", lambda: (OFFER,))
    return engine


def opened(bench: Bench, **query: str) -> AppTest:
    app = bench.open(**query)
    app.session_state["left.tables"] = "Weights"
    return app.run()


def upload(app: AppTest, data: bytes = b"tensors") -> AppTest:
    app.file_uploader(key="exchange.file").upload("best.pth", data, "application/octet-stream").run()
    return app.button(key="exchange.check").click().run()


def test_a_checkpoint_that_fits_fills_the_exported_file(bench: Bench, engine: Engine) -> None:
    app = upload(opened(bench, preset="resnet18"))
    assert not app.exception
    assert engine.asked == [(preset("resnet18"), "best.pth")]
    assert engine.read == b"tensors"
    assert isinstance(engine.answer, CheckpointReport)
    assert str(report_summary(engine.answer)) in app.success[0].value
    app.button(key="exchange.prepare").click().run()
    assert engine.weights_read == b"tensors"
    assert any("12 B" in found.proto.label for found in app.get("download_button"))


def test_a_half_matching_checkpoint_lists_key_by_key_and_is_not_used(bench: Bench, engine: Engine) -> None:
    engine.answer = CheckpointReport("best.pth", 121, "torchvision", 1, ("fc.bias",))
    app = upload(opened(bench, preset="resnet18"))
    summary, *mismatches = report_lines(engine.answer, preset("resnet18"))
    assert app.error[0].value == summary
    assert "\n".join(mismatches) in [block.value for block in app.code]
    app.button(key="exchange.prepare").click().run()
    assert engine.weights_read is None


def test_a_file_with_code_gets_one_sentence(bench: Bench, engine: Engine) -> None:
    engine.answer = ExchangeError("best.pth holds more than tensors and was not read.")
    assert upload(opened(bench, preset="resnet18")).error[0].value == str(engine.answer)


def test_an_answer_is_forgotten_with_its_network(bench: Bench, engine: Engine) -> None:
    app = upload(opened(bench, preset="resnet18"))
    app.selectbox(key="preset").set_value("resnet34").run()
    assert not app.success


def test_published_weights_state_their_size_before_anything_is_fetched(bench: Bench, engine: Engine) -> None:
    app = opened(bench, preset="resnet18")
    app.toggle(key="exchange.published").set_value(True).run()
    assert "45 MB" in app.button(key="exchange.fetch").label
    assert engine.asked == []
    app.button(key="exchange.fetch").click().run()
    assert engine.asked == [(preset("resnet18"), "ResNet18_Weights.IMAGENET1K_V1")]


def test_a_network_too_large_to_export_says_by_how_much(bench: Bench, engine: Engine) -> None:
    app = opened(bench, preset="resnext101_64x4d")
    assert any("23,455,272" in found.value for found in app.info)
    assert "exchange.prepare" not in {button.key for button in app.button}


def test_a_file_that_does_not_fit_can_be_opened_on_its_own(
    bench: Bench, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_files: list[tuple[str, bytes]] = []

    def note(name: str, data: bytes) -> str:
        opened_files.append((name, data))
        return ""

    monkeypatch.setattr(exchange, "open_file", note)
    engine.answer = CheckpointReport("best.pth", 121, "torchvision", 1, ("fc.bias",))
    app = upload(opened(bench, preset="resnet18"))
    app = app.button(key="exchange.identify").click().run()
    assert opened_files == [("best.pth", b"tensors")]
    assert app.session_state["left.tables"] == "File"
