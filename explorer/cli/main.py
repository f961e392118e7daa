"""The command line: reads the arguments, runs a command, and prints one line about wrong input.

Exit codes: 0 done; 1 it cannot be done here; 2 bad input; 130 stopped by Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from explorer.cli.commands import COMMANDS, print_error
from explorer.cli.costs import COST_COMMANDS
from explorer.cli.counts import COUNT_COMMANDS
from explorer.cli.dataset import DATASET_COMMANDS
from explorer.cli.export import EXPORT_COMMANDS
from explorer.cli.identify import IDENTIFY_COMMANDS
from explorer.cli.labs import LAB_COMMANDS
from explorer.cli.runs import RUN_COMMANDS
from explorer.cli.study import STUDY_COMMANDS
from explorer.cli.worker import WORKER_COMMANDS
from explorer.jobs.errors import StoreError
from explorer.jobs.weights_and_onnx import ExchangeError
from explorer.model.errors import FieldError

NOT_HERE, BAD_INPUT = 1, 2
INTERRUPTED = 130
BROKEN_PIPE = 141
ABOUT = "Build, count, draw and train the networks of the residual family."
MODEL_HELP = (
    "MODEL is a preset's name (see `presets`), a JSON spec such as "
    '\'{"preset": "resnet50", "stride_on": "1x1"}\', or a file that holds one.'
)


class UsageError(ValueError):
    """Arguments that no command understands."""


class Parser(argparse.ArgumentParser):
    """Raises UsageError instead of printing the usage and exiting."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line on `arguments`, by default the program's own. Returns the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    _replace_unprintable_characters()
    try:
        options = build_parser(given).parse_args(given)
        code: int = options.run(options)
        sys.stdout.flush()
    except (FieldError, UsageError, ExchangeError) as error:
        print_error(str(error))
        return BAD_INPUT
    except StoreError as error:
        print_error(str(error))
        return NOT_HERE
    except BrokenPipeError:
        # The reader has ended (`| head`). Python would report an error when it closes the pipe at exit.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def build_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of all commands; `train`, which needs the run store, is loaded only where it is asked for."""
    parser: argparse.ArgumentParser = Parser(prog="python -m explorer", description=ABOUT, epilog=MODEL_HELP)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    commands = (*COMMANDS, *COST_COMMANDS, *COUNT_COMMANDS, *DATASET_COMMANDS, *EXPORT_COMMANDS, *IDENTIFY_COMMANDS)
    for command in (*commands, *RUN_COMMANDS, *STUDY_COMMANDS, *LAB_COMMANDS, *WORKER_COMMANDS):
        command.add(subparsers)
    if "train" in arguments:
        from explorer.cli.train import add_train_command

        add_train_command(subparsers)
    else:
        subparsers.add_parser("train", help="train networks side by side and print what happens")
    return parser


def _replace_unprintable_characters() -> None:
    """A terminal without `×` shows a question mark in its place rather than stopping."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
