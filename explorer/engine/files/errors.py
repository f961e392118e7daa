"""What a file of weights is refused for, each in one sentence that begins with the file's name."""

import struct
import tarfile
import zipfile
import zlib

from explorer.language import N_

SAVE_AGAIN = "torch.save(model.state_dict(), 'weights.pt')"
NO_SUCH_FILE = N_("{name}: there is no such file.")
OTHER_ARCHIVE = N_("is not a checkpoint: it is an archive, but not one that PyTorch wrote")
OTHER_CONTENT, OTHER_KIND = (
    N_("is not a checkpoint: no program known here wrote it"),
    N_("is not a checkpoint: it is {kind}"),
)
TOO_MUCH, NO_TENSORS = N_("holds far more than named tensors"), N_("holds no named tensors")
DAMAGED = N_("is damaged: no tensors can be read from it")
NOT_HELD = N_("is damaged: a tensor of shape {shape} claims numbers that the file does not hold")
CUT = N_("is damaged: it ends before its tensors do")
QUANTISED = N_("is quantised: its tensors hold codes in place of weights. Save the network before it is quantised")
PROGRAM = N_("is a program (TorchScript); only tensors are read")
"""What follows the name of a file that is refused; `NO_SUCH_FILE` is the whole sentence."""

NONSENSE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What libraries raise for bytes that do not make sense."""


class WeightsError(ValueError):
    """A file of weights that is refused; the message is one sentence."""


class RefusedError(Exception):
    """Why a file is refused, in words that follow its name, without a full stop. Readers raise it."""
