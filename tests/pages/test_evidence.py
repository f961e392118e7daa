"""The proof badge, the check against torch, conventions and code on the Build page."""

import re
import time

import pytest
from streamlit.testing.v1 import AppTest

from explorer.analysis.conventions.reconcile import STRIDE_WORDS
from explorer.analysis.verification_claims import NOT_CHECKED, prove
from explorer.jobs.verification import LayerDifference, VerificationCheck, VerificationResult, verification_sentence
from explorer.language import told
from explorer.model import ModelSpec, assemble, preset
from explorer.ui.build import proof
from explorer.ui.measuring.child_jobs import MOST_WAITING
from tests.pages.conftest import Bench


class Handle:
    """A check whose end the test decides."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec, self.done = spec, False

    def result(self) -> VerificationResult:
        broken = None if self.spec.cardinality == 1 else "layer1.0.conv2"
        difference = None if broken is None else LayerDifference(broken, "parameters", "1", "2")
        check = VerificationCheck("layers", broken is None, "all" if broken is None else f"{broken} differs")
        return VerificationResult((check,), difference, torch="2")


@pytest.fixture
def handles(monkeypatch: pytest.MonkeyPatch) -> list[Handle]:
    started: list[Handle] = []

    def start(spec: ModelSpec) -> Handle:
        started.append(Handle(spec))
        return started[-1]

    monkeypatch.setattr(proof, "VerificationHandle", start)
    proof.verification_jobs.clear()
    return started


def open_view(app: AppTest, tab: str) -> AppTest:
    app.session_state["left.tables"] = tab
    return app.run()


def words(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


def test_resnet50_is_named_and_proven(bench: Bench, handles: list[Handle]) -> None:
    app = open_view(bench.open(), "Proof")
    assert not app.exception
    assert "ResNet-50" in str(prove(ModelSpec()).headline)
    claims = prove(ModelSpec()).claims
    assert {claim.kind for claim in claims} == {"torchvision", "library", "paper", "torch"}
    for text in map(told, (prove(ModelSpec()).headline, NOT_CHECKED, *(claim.text for claim in claims))):
        assert text[1:] in words(app), "a claim begins with a capital letter"


def test_the_name_is_nothing_the_network_everything(bench: Bench, handles: list[Handle]) -> None:
    app = open_view(bench.open(image_size="64", num_classes="6"), "Proof")
    adapted = prove(ModelSpec(image_size=64, num_classes=6))
    assert adapted.identified
    assert str(adapted.headline) in words(app)
    app = open_view(bench.open(stage_blocks="3-5-6-3"), "Proof")
    assert not prove(ModelSpec(stage_blocks=(3, 5, 6, 3))).identified
    assert "ResNet-50" not in words(app)


@pytest.mark.parametrize(
    ("name", "badge", "libraries"),
    [
        ("resnet50", "torchvision", {"torchvision", "timm"}),
        ("resnet50d", "library", {"timm"}),
        ("keras_resnet50", "library", {"Keras"}),
        ("cifar_resnet20", None, set()),
    ],
)
def test_a_badge_names_the_libraries_whose_function_it_is(
    bench: Bench, handles: list[Handle], name: str, badge: str | None, libraries: set[str]
) -> None:
    app = bench.open(preset=name)
    shown = {button.key: button.label for button in app.button if str(button.key).startswith("badge.")}
    found = [shown[key] for key in ("badge.torchvision", "badge.library") if key in shown]
    assert len(found) == bool(badge)
    assert all("same function" in label and {*re.findall(r"(\w+)'", label)} == libraries for label in found)
    assert badge is None or f"badge.{badge}" in shown


def test_no_badge_says_same_function_of_an_adaptation(bench: Bench, handles: list[Handle]) -> None:
    app = bench.open(preset="resnet50d", num_classes="6")
    badge = app.button(key="badge.library")
    assert "timm" in badge.label
    assert "same function" not in badge.label
    assert badge.help.endswith("6 classes")


def test_a_check_is_ordered_made_and_kept(bench: Bench, handles: list[Handle]) -> None:
    app = open_view(bench.open(), "Proof")
    app.button(key="proof.check").click().run()
    assert [handle.spec for handle in handles] == [ModelSpec()]
    assert len(app.info) == 1
    assert NOT_CHECKED in words(app)
    handles[0].done = True
    app.run()
    found = verification_sentence(handles[0].result())
    assert found in words(app)
    again = open_view(bench.open(), "Proof")
    assert found in words(again)
    assert len(handles) == 1


def test_the_first_layer_that_differs_is_named(bench: Bench, handles: list[Handle]) -> None:
    app = open_view(bench.open(preset="resnext50_32x4d"), "Proof")
    app.button(key="proof.check").click().run()
    handles[0].done = True
    app.run()
    assert "layer1.0.conv2" in app.error[0].value


def test_checks_are_made_one_at_a_time_and_the_queue_is_bounded(handles: list[Handle]) -> None:
    manager = proof.verification_jobs()
    specs = [ModelSpec(num_classes=number) for number in range(1, MOST_WAITING + 3)]
    taken = [manager.order(spec) for spec in specs]
    assert taken == [True] * (MOST_WAITING + 1) + [False]
    assert len(handles) == 1
    assert (manager.ahead(specs[0]), manager.ahead(specs[1]), manager.ahead(specs[-1])) == (0, 1, None)
    handles[0].done = True
    assert manager.result(specs[0]) is not None
    assert len(handles) == 2
    assert manager.ahead(specs[1]) == 0


def test_a_real_check_finds_torch_in_agreement() -> None:
    proof.verification_jobs.clear()
    manager, spec = proof.verification_jobs(), preset("cifar_resnet20")
    manager.order(spec)
    deadline = time.monotonic() + 120
    while (found := manager.result(spec)) is None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found is not None
    assert found.ok, found.sentence


def test_conventions_name_the_terms_of_each_difference(bench: Bench, handles: list[Handle]) -> None:
    app = open_view(bench.open(), "Conventions")
    totals, first_stride = app.dataframe[0].value.set_index("name")["value"], STRIDE_WORDS["1x1"][0]
    assert totals["torch FlopCounterMode"] == 8_178_368_512
    assert totals["fvcore"] == 4_111_512_576
    assert totals["torchinfo"] == 4_089_238_376
    assert "torchvision.models.resnet has for resnet50" in words(app)
    assert totals[first_stride] == 3_857_973_248
    app.selectbox(key="costs.of").set_value(first_stride).run()
    assert "-231,211,008" in words(app)


def test_the_code_is_this_network(bench: Bench, handles: list[Handle]) -> None:
    app = open_view(bench.open(preset="cifar_resnet20"), "Code")
    text = app.code[-1].value
    assert "def build()" in text
    assert f"{assemble(preset('cifar_resnet20')).cost.params:,}" in text
    compile(text, "network.py", "exec")


@pytest.mark.parametrize("tab", ["Proof", "Conventions", "Code"])
def test_an_invalid_network_leaves_every_tab_standing(bench: Bench, handles: list[Handle], tab: str) -> None:
    app = open_view(bench.open(shortcut="none", skip="scale"), tab)
    assert not app.exception
    assert len(app.info) == 1
    assert not app.code
