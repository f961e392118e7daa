import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.datasets.catalogue import fit_spec
from explorer.engine import train
from explorer.engine.data.batches import Batches
from explorer.engine.data.images import load_data
from explorer.engine.lowering import build_module
from explorer.engine.training.checkpoint import CheckpointFile, load_weights
from explorer.jobs.errors import SettingsError
from explorer.model import ModelSpec, preset
from explorer.runs.events import Diagnostics, Diverged, Evaluation, Event, Finished, Paused, Started, Step
from explorer.runs.settings import TrainingSettings


def without_times(events: list[Event]) -> list[dict[str, object]]:
    timed = ("seconds", "images_per_second", "peak_memory_bytes")
    return [{key: value for key, value in event.to_dict().items() if key not in timed} for event in events]


def of(kind: type[Event], events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def losses(events: list[Event]) -> list[float]:
    return [loss for event in events if isinstance(event, Step) for loss in event.losses]


def test_what_a_run_tells(tiny_spec: ModelSpec, tiny_settings: TrainingSettings) -> None:
    events = list(train(tiny_spec, tiny_settings))
    opening, result = events[0], events[-1]
    assert isinstance(opening, Started)
    assert isinstance(result, Finished)
    module = build_module(fit_spec(tiny_spec, "digits"))
    assert opening.parameters == sum(each.numel() for each in module.parameters())
    assert (opening.steps, opening.batch_size, opening.train_images, opening.test_images) == (25, 16, 1437, 360)
    assert opening.blocks == ("layer1.0", "layer2.0")
    assert opening.layers[0] == "conv1"
    assert opening.layers[-1] == "fc"
    assert [event.step for event in of(Step, events)] == [1, 10, 20, 25]
    assert [event.step for event in of(Evaluation, events)] == [10, 20, 25]
    assert [event.step for event in of(Diagnostics, events)] == [1, 11, 21]
    assert len(losses(events)) == 25
    assert result.train_loss == pytest.approx(sum(losses(events)[-10:]) / 10)
    assert result.test_error == of(Evaluation, events)[-1].test_error
    assert [event.step for event in events] == sorted(event.step for event in events)


def test_a_seed_tells_the_same_story_twice_and_another_seed_another(
    tiny_spec: ModelSpec, tiny_settings: TrainingSettings
) -> None:
    first = list(train(tiny_spec, tiny_settings))
    assert without_times(list(train(tiny_spec, tiny_settings))) == without_times(first)
    assert losses(list(train(tiny_spec, replace(tiny_settings, seed=1)))) != losses(first)


def reference_losses(spec: ModelSpec, settings: TrainingSettings) -> Iterator[float]:
    """The same experiment as a textbook writes it: torch's own optimiser, not fused, contiguous floats, loss.item()."""
    data = load_data(settings.dataset)
    batches = Batches(data, settings, torch.device("cpu"))
    torch.manual_seed(settings.seed)
    network = build_module(fit_spec(spec, settings.dataset))
    optimiser = torch.optim.SGD(
        network.parameters(),
        settings.learning_rate,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        foreach=False,
    )
    for step in range(settings.steps):
        index = batches.plan(step)[:, 0]
        pixels = torch.tensor(data.train_images[index.numpy()]).float()
        images = ((pixels - torch.tensor(data.mean)) / torch.tensor(data.deviation)).permute(0, 3, 1, 2).contiguous()
        loss = F.cross_entropy(network(images), batches.labels[index])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        yield loss.item()


def test_the_losses_are_those_of_an_ordinary_loop(tiny_spec: ModelSpec, tiny_settings: TrainingSettings) -> None:
    ours = losses(list(train(tiny_spec, tiny_settings)))
    assert ours == pytest.approx(list(reference_losses(tiny_spec, tiny_settings)), rel=2e-3)
    assert ours[:5] == pytest.approx(list(reference_losses(tiny_spec, replace(tiny_settings, steps=5))), rel=1e-5)


def test_gradient_norms_and_branch_ratios_are_those_of_torch(
    tiny_spec: ModelSpec, tiny_settings: TrainingSettings
) -> None:
    events = list(train(tiny_spec, replace(tiny_settings, steps=1)))
    opening, reading = events[0], of(Diagnostics, events)[0]
    assert isinstance(opening, Started)
    assert isinstance(reading, Diagnostics)
    torch.manual_seed(tiny_settings.seed)
    network = build_module(fit_spec(tiny_spec, "digits"))
    images, labels = Batches(load_data("digits"), tiny_settings, torch.device("cpu")).batch(0)
    seen: list[float] = []

    def note(_: nn.Module, inputs: tuple[Tensor, Tensor]) -> None:
        seen.append((inputs[0].std() / inputs[1].std()).item())

    for path in opening.blocks:
        network.get_submodule(path).add.register_forward_pre_hook(note)
    F.cross_entropy(network(images), labels).backward()
    norms = [network.get_parameter(f"{name}.weight").grad.norm().item() for name in opening.layers]
    assert reading.gradient_norms == pytest.approx(norms, rel=1e-3)
    assert reading.branch_ratios == pytest.approx(seen, rel=1e-3)


def test_two_named_networks_see_the_same_batches(tiny_settings: TrainingSettings) -> None:
    seen: dict[str, list[Tensor]] = {"plain": [], "residual": []}

    class Watching(nn.Module):
        def __init__(self, inner: nn.Module, into: list[Tensor]) -> None:
            super().__init__()
            self.inner, self.into = inner, into

        def forward(self, x: Tensor) -> Tensor:
            if self.training:
                self.into.append(x.clone())
            return self.inner(x)

    small = {"stage_blocks": (1, 1), "stage_widths": (4, 8), "stem_width": 4}
    for name, known in (("plain", "cifar_plain20"), ("residual", "cifar_resnet20")):
        spec = replace(preset(known), **small)
        settings = replace(tiny_settings, dataset="gratings", augmentation="crop", steps=5)
        list(train(spec, settings, builder=lambda spec, name=name: Watching(build_module(spec), seen[name])))
    assert len(seen["plain"]) == 5
    assert all(torch.equal(a, b) for a, b in zip(seen["plain"], seen["residual"], strict=True))


def test_initial_weights_come_from_the_seed_alone(tiny_spec: ModelSpec, tiny_settings: TrainingSettings) -> None:
    weights = []

    def keep(spec: ModelSpec) -> nn.Module:
        module = build_module(spec)
        weights.append({name: each.clone() for name, each in module.state_dict().items()})
        return module

    for seed, noise in ((0, 3), (0, 5), (1, 3)):
        torch.rand(noise)
        next(train(tiny_spec, replace(tiny_settings, seed=seed), builder=keep))
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert not torch.equal(weights[0]["conv1.weight"], weights[2]["conv1.weight"])


def test_the_rate_follows_the_schedule(tiny_spec: ModelSpec, tiny_settings: TrainingSettings) -> None:
    settings = replace(tiny_settings, schedule="linear", warmup_steps=5)
    for event in train(tiny_spec, settings):
        if isinstance(event, Step):
            assert event.learning_rate == pytest.approx(settings.rate(event.step - 1))
    held = list(train(tiny_spec, replace(tiny_settings, steps=20)))
    moved = list(train(tiny_spec, replace(tiny_settings, steps=20, schedule="step")))
    assert losses(moved)[:11] == losses(held)[:11]
    assert losses(moved)[12:] != losses(held)[12:]


@pytest.mark.parametrize("bad_step", [1, 7, 10, 13])
def test_a_loss_that_is_no_number_is_told_as_divergence(
    tiny_spec: ModelSpec, tiny_settings: TrainingSettings, bad_step: int
) -> None:
    class Poisoned(nn.Module):
        def __init__(self, inner: nn.Module) -> None:
            super().__init__()
            self.inner, self.calls = inner, 0

        def forward(self, x: Tensor) -> Tensor:
            self.calls += self.training
            scores: Tensor = self.inner(x)
            return scores * math.nan if self.training and self.calls == bad_step else scores

    settings = replace(tiny_settings, evaluate_every=0)
    events = list(train(tiny_spec, settings, builder=lambda spec: Poisoned(build_module(spec))))
    last = events[-1]
    assert isinstance(last, Diverged)
    assert last.step == bad_step
    assert f"step {bad_step} " in last.reason
    assert len(losses(events)) == bad_step - 1
    assert all(math.isfinite(loss) for loss in losses(events))


@pytest.mark.parametrize(
    ("change", "rate"), [({"skip": "scale", "skip_scale": 1.5}, 0.02), ({}, 50.0)], ids=["lambda 1.5", "rate 50"]
)
def test_networks_that_run_away_end_in_divergence(change: dict[str, object], rate: float) -> None:
    spec = replace(preset("cifar_resnet56"), **change)
    settings = TrainingSettings(steps=100, batch_size=32, learning_rate=rate, evaluate_every=0, device="cpu")
    *_, last = train(spec, settings)
    assert isinstance(last, Diverged)
    assert last.step < 100


def test_cancelling_ends_before_the_next_step(tiny_spec: ModelSpec, tiny_settings: TrainingSettings) -> None:
    states = iter(["running"] * 13 + ["cancelling"])
    events = list(train(tiny_spec, tiny_settings, control=lambda: next(states)))
    assert events[-1].kind == "cancelled"
    assert events[-1].step == 13
    assert len(losses(events)) == 13


def stopped_at(step: int) -> Iterator[str]:
    yield from ["running"] * step
    yield "pausing"


@pytest.mark.parametrize("augmentation", ["none", "crop"])
@pytest.mark.parametrize("pause", [1, 10, 17])
def test_a_paused_run_ends_as_if_it_had_never_stopped(
    tmp_path: Path, tiny_spec: ModelSpec, tiny_settings: TrainingSettings, pause: int, augmentation: str
) -> None:
    spec = replace(tiny_spec, drop_path=0.3)  # draws from the global generator at every step
    settings = replace(tiny_settings, augmentation=augmentation, schedule="cosine")
    whole = list(train(spec, settings, checkpoint=CheckpointFile(tmp_path / "whole.safetensors")))
    file = CheckpointFile(tmp_path / "parts.safetensors")
    states = stopped_at(pause)
    before = list(train(spec, settings, control=lambda: next(states), checkpoint=file))
    assert before[-1] == Paused(step=pause)
    torch.manual_seed(99)  # another process would have another state
    after = list(train(spec, settings, checkpoint=file))
    assert after[0].step == pause
    assert losses(before) + losses(after) == losses(whole)
    assert without_times(after)[-1] == without_times(whole)[-1]
    assert isinstance(after[-1], Finished)
    paused_at = of(Step, before)[-1]
    assert isinstance(paused_at, Step)
    assert after[-1].seconds > paused_at.seconds
    ours, theirs = load_weights(tmp_path / "parts.safetensors"), load_weights(tmp_path / "whole.safetensors")
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize("pause", [5, 20, 45])
def test_the_error_ends_the_warm_up_of_he_2015_and_a_pause_changes_nothing(
    tmp_path: Path, tiny_spec: ModelSpec, tiny_settings: TrainingSettings, pause: int
) -> None:
    settings = replace(tiny_settings, schedule="he2015", learning_rate=0.1, steps=80, evaluate_every=0)
    whole = [event for event in train(tiny_spec, settings) if isinstance(event, Step)]
    warm = next(event.step for event in whole if event.step % 10 == 0 and event.train_error < 80)
    assert 10 <= warm < 40
    drops = {0: 0.1, 40: 0.01, 60: 0.001}
    for event in whole:
        last = event.step - 1
        expected = 0.01 if last < warm else next(drops[at] for at in sorted(drops, reverse=True) if last >= at)
        assert event.learning_rate == pytest.approx(expected)
    file = CheckpointFile(tmp_path / "run.safetensors")
    states = stopped_at(pause)
    before = list(train(tiny_spec, settings, control=lambda: next(states), checkpoint=file))
    after = list(train(tiny_spec, settings, checkpoint=file))
    assert losses(before) + losses(after) == losses(list(whole))


def test_a_run_goes_on_from_its_last_checkpoint_when_it_was_cut_off(
    tmp_path: Path, tiny_spec: ModelSpec, tiny_settings: TrainingSettings
) -> None:
    whole = losses(list(train(tiny_spec, tiny_settings)))
    file = CheckpointFile(tmp_path / "run.safetensors", every=0.0)
    cut = train(tiny_spec, tiny_settings, checkpoint=file)
    for event in cut:
        if isinstance(event, Step) and event.step == 20:
            break  # the checkpoint of step 10 is on disk, that of step 20 is not yet
    cut.close()
    after = list(train(tiny_spec, tiny_settings, checkpoint=file))
    assert after[0].step == 10
    assert losses(after) == whole[10:]


def test_a_finished_run_leaves_its_weights(
    tmp_path: Path, tiny_spec: ModelSpec, tiny_settings: TrainingSettings
) -> None:
    file = CheckpointFile(tmp_path / "run.safetensors")
    events = list(train(tiny_spec, tiny_settings, checkpoint=file))
    network = build_module(fit_spec(tiny_spec, "digits"))
    network.load_state_dict(load_weights(file.path))
    network.eval()
    batches = Batches(load_data("digits"), tiny_settings, torch.device("cpu"))
    with torch.no_grad():
        wrong = sum(int((network(images).argmax(1) != labels).sum()) for images, labels in batches.test_batches())
    result = events[-1]
    assert isinstance(result, Finished)
    assert 100 * wrong / 360 == pytest.approx(result.test_error)


@pytest.mark.parametrize("damage", ["other settings", "cut short", "no file", "finished"])
def test_a_checkpoint_that_does_not_fit_counts_as_none(
    tmp_path: Path, tiny_spec: ModelSpec, tiny_settings: TrainingSettings, damage: str
) -> None:
    file = CheckpointFile(tmp_path / "run.safetensors")
    states = stopped_at(10)
    ends = {"finished": lambda: "running"}.get(damage, lambda: next(states))
    list(train(tiny_spec, tiny_settings, control=ends, checkpoint=file))
    if damage == "other settings":
        tiny_settings = replace(tiny_settings, momentum=0.5)
    elif damage == "cut short":
        file.path.write_bytes(file.path.read_bytes()[:-100])
    elif damage == "no file":
        file.discard()
    opening = next(train(tiny_spec, tiny_settings, checkpoint=file))
    assert opening.step == 0


def test_a_checkpoint_that_cannot_be_written_leaves_the_last_one(
    tmp_path: Path, tiny_spec: ModelSpec, tiny_settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = CheckpointFile(tmp_path / "run.safetensors")
    states = stopped_at(10)
    list(train(tiny_spec, tiny_settings, control=lambda: next(states), checkpoint=file))
    good = file.path.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("explorer.engine.training.checkpoint.save_file", full)
    with pytest.raises(OSError, match="No space"):
        list(train(tiny_spec, tiny_settings, checkpoint=file))
    assert file.path.read_bytes() == good
    assert list(tmp_path.iterdir()) == [file.path]


def test_a_device_that_is_not_there_is_refused(tiny_spec: ModelSpec, tiny_settings: TrainingSettings) -> None:
    absent = "mps" if torch.cuda.is_available() or not torch.backends.mps.is_available() else "cuda"
    with pytest.raises(SettingsError) as refused:
        next(train(tiny_spec, replace(tiny_settings, device=absent)))
    assert refused.value.field == "device"


def test_every_augmentation_and_data_set_trains(tiny_spec: ModelSpec, tiny_settings: TrainingSettings) -> None:
    for dataset, augmentation in (("gratings", "crop"), ("shapes_easy", "flip"), ("shapes_easy", "crop_flip")):
        settings = replace(tiny_settings, dataset=dataset, augmentation=augmentation, steps=2, evaluate_every=0)
        assert list(train(tiny_spec, settings))[-1].kind == "finished"


@pytest.mark.cuda
def test_a_gpu_tells_the_same_story_as_the_processor(tiny_spec: ModelSpec, tiny_settings: TrainingSettings) -> None:
    settings = replace(tiny_settings, precision="fp32", steps=10)
    on_cpu = list(train(tiny_spec, settings))
    on_gpu = list(train(tiny_spec, replace(settings, device="cuda")))
    assert losses(on_gpu)[:3] == pytest.approx(losses(on_cpu)[:3], rel=1e-2)
    opening = next(train(tiny_spec, replace(settings, device="cuda", precision="auto")))
    assert isinstance(opening, Started)
    assert opening.precision == "bf16"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3])
def test_the_default_comparison_convinces(seed: int) -> None:
    """Plain networks get worse with depth, residual ones do not (He 2015, section 4.2), after half the default steps.

    The rate is constant, so they are the first half of the default comparison.
    """
    results = {}
    for name in ("cifar_plain20", "cifar_plain56", "cifar_resnet20", "cifar_resnet56"):
        *_, last = train(preset(name), TrainingSettings(steps=100, seed=seed, device="cpu", evaluate_every=0))
        assert isinstance(last, Finished)
        results[name] = last.train_loss
    assert results["cifar_plain56"] > 1.0
    assert results["cifar_plain20"] < 0.5
    assert results["cifar_resnet20"] < 0.1
    assert results["cifar_resnet56"] < 0.1
