"""`export` and `weights`: what needs torch, run in a process of its own."""

import argparse
from pathlib import Path

from explorer.cli.errors import print_error
from explorer.cli.models import load_model, with_image_size
from explorer.jobs.checkpoint_report import report_lines
from explorer.jobs.weights_and_onnx import ExchangeError, check_weights, export_onnx

DONE, DIFFERS, BAD_INPUT = 0, 1, 2
"""Exit codes: done, done but the checkpoint does not fit, refused."""

MODEL = "a preset's name, a JSON spec, or a file of one"


def add_export_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `export` and `weights` to the command line."""
    about = "write a network as an ONNX file"
    export = subparsers.add_parser("export", help=about, description=about)
    export.add_argument("-o", "--output", metavar="FILE.onnx", type=Path, required=True)
    export.add_argument("--weights", metavar="FILE", type=Path, help="a checkpoint that fits (default: fresh weights)")
    export.set_defaults(run=run_export)
    about = "load a checkpoint into a network and list, key by key, what does not fit"
    weights = subparsers.add_parser("weights", help=about, description=about)
    weights.set_defaults(run=run_weights)
    for parser in (export, weights):
        parser.add_argument("model", metavar="MODEL", help=MODEL)
        parser.add_argument("--image-size", metavar="N", help="side of the square input in pixels")
    weights.add_argument(
        "source", metavar="FILE", help="a checkpoint, or torchvision's name of weights to download (ResNet18_Weights.…)"
    )
    weights.add_argument("-o", "--output", metavar="FILE", type=Path, help="write what fits, as safetensors")


def run_export(options: argparse.Namespace) -> int:
    """Writes the ONNX file. Returns the exit code: 0 written, 2 bad input."""
    spec = with_image_size(load_model(options.model), options.image_size)
    try:
        size = export_onnx(spec, options.output, options.weights)
    except ExchangeError as error:
        print_error(str(error))
        return BAD_INPUT
    print(f"{options.output}: {size:,} bytes")
    return DONE


def run_weights(options: argparse.Namespace) -> int:
    """Prints what fits. Returns the exit code: 0 everything, 1 not everything, so nothing was loaded, 2 bad input."""
    spec = with_image_size(load_model(options.model), options.image_size)
    try:
        report = check_weights(spec, options.source, options.output)
    except ExchangeError as error:
        print_error(str(error))
        return BAD_INPUT
    print("\n".join(report_lines(report)))
    return DONE if report.fits else DIFFERS
