"""Trained networks on all test images: confusion, calibration (Guo et al. 2017, section 2), the worst mistakes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.engine.experiments.blocks import undisturbed
from explorer.engine.experiments.feature_maps import feature_maps
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks, repetitions
from explorer.experiments.catalogue.evaluate import ConfidenceBin, Confusion, EvaluatedNetwork, EvaluateResult, Mistake
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import sentence


class Answers(NamedTuple):
    """What a network says of all test images, `(images,)` each but the first, `(images, classes)`."""

    probabilities: Tensor
    said: Tensor
    confidence: Tensor
    """The probability of the class that it says."""
    labels: Tensor


@torch.no_grad()
def answers_of(network: nn.Module, batches: Iterator[tuple[Tensor, Tensor]]) -> Answers:
    """The answers on the processor, in the order of the images; in evaluation mode and in 64-bit floats."""
    logits, labels = [], []
    with undisturbed(network):
        network.eval()
        for images, truths in batches:
            logits.append(network(images).double().cpu())
            labels.append(truths.cpu())
    probabilities = torch.cat(logits).softmax(1)
    confidence, said = probabilities.max(1)
    return Answers(probabilities, said, confidence, torch.cat(labels))


def confidence_bins(answers: Answers, count: int) -> tuple[ConfidenceBin, ...]:
    """`count` bins of equal width over the highest probability, each without its lower end (Guo et al. 2017)."""
    place = (answers.confidence * count).ceil().long().clamp(1, count) - 1
    right = answers.said == answers.labels
    bins = []
    for number in range(count):
        inside = place == number
        images = int(inside.sum())
        confidence = answers.confidence[inside].mean().item() if images else 0.0
        bins.append(
            ConfidenceBin(number / count, (number + 1) / count, images, confidence, int((right & inside).sum()))
        )
    return tuple(bins)


def confusions(answers: Answers) -> tuple[Confusion, ...]:
    """Every pair of a true and a predicted class that occurs."""
    pairs = Counter(zip(answers.labels.tolist(), answers.said.tolist(), strict=True))
    return tuple(Confusion(truth, said, count) for (truth, said), count in sorted(pairs.items()))


def evaluate(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | EvaluateResult]:
    """Trains each network (or takes it from its run) and shows it all test images; one that diverged is left out."""
    result = EvaluateResult(networks.data.classes, ())
    wanted = repetitions(request)
    for done, (seed, subject) in enumerate(wanted, 1):
        trained = yield from networks.trained(subject, seed=seed)
        if not trained.training.diverged:
            result = replace(result, networks=(*result.networks, _evaluated(request, networks, trained)))
        yield Progress(done, len(wanted), sentence("Evaluated {network}", network=sentence(subject.label)), result)
    yield result


def _evaluated(request: ExperimentRequest, networks: TrainedNetworks, trained: Trained) -> EvaluatedNetwork:
    answers = answers_of(trained.network, networks.batches.test_batches())
    of_truth = answers.probabilities.gather(1, answers.labels[:, None])[:, 0]
    return EvaluatedNetwork(
        label=trained.label,
        images=len(answers.labels),
        wrong=int((answers.said != answers.labels).sum()),
        loss=-of_truth.log().mean().item(),
        confusion=confusions(answers),
        bins=confidence_bins(answers, request.parameters["bins"]),
        worst=tuple(_mistakes(networks, answers, of_truth, request.parameters["worst"])),
        training=trained.training,
    )


def _mistakes(networks: TrainedNetworks, answers: Answers, of_truth: Tensor, most: int) -> Iterator[Mistake]:
    wrong = (answers.said != answers.labels).nonzero()[:, 0]
    for index in wrong[of_truth[wrong].argsort(stable=True)][:most].tolist():
        picture = torch.tensor(networks.data.test_images[index]).permute(2, 0, 1)
        yield Mistake(
            index,
            int(answers.labels[index]),
            int(answers.said[index]),
            answers.confidence[index].item(),
            of_truth[index].item(),
            feature_maps("image", picture, range(len(picture))),
        )
