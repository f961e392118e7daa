"""`export` and `weights`: what needs torch, run in a process of its own. Both raise ExchangeError."""

import argparse
from pathlib import Path

from explorer.cli.commands import Command, add_model
from explorer.cli.models import load_model, with_image_size
from explorer.jobs.weights_and_onnx import check_weights, export_onnx, report_lines
from explorer.outputs.undecided import undecided_sentence


def _export_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE.onnx", type=Path, required=True)
    parser.add_argument("--weights", metavar="FILE", type=Path, help="a checkpoint that fits (default: fresh weights)")
    add_model(parser)


def _export(options: argparse.Namespace) -> int:
    spec = with_image_size(load_model(options.model), options.image_size)
    print(f"{options.output}: {export_onnx(spec, options.output, options.weights):,} bytes")
    return 0


def _weights_options(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument(
        "source", metavar="FILE", help="a checkpoint, or torchvision's name of weights to download (ResNet18_Weights.…)"
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write what fits, as safetensors")


def _weights(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 everything fits, 1 not everything, so nothing was loaded."""
    spec = with_image_size(load_model(options.model), options.image_size)
    report = check_weights(spec, options.source, options.output)
    print("\n".join(report_lines(report, spec)))
    if report.fits and (undecided := undecided_sentence(spec)):
        print(undecided)
    return 0 if report.fits else 1


EXPORT_COMMANDS = (
    Command("export", "write a network as an ONNX file", _export_options, _export),
    Command(
        "weights",
        "load a checkpoint into a network and list, key by key, what does not fit",
        _weights_options,
        _weights,
    ),
)
