"""Networks of keras.applications, and ours, with weights that follow from Keras' names for them: no file is needed.

`python -m scripts.keras_networks`, in an environment that has Keras, writes the outputs that the tests compare ours
with. Outputs are class scores before the softmax, in float64.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.analysis.compared_outputs import SIZES
from explorer.engine.lowering import build_module
from explorer.model import preset
from scripts.library_networks import relative_difference

Values = NDArray[np.float64]

OUTPUTS = Path(__file__).parents[1] / "tests" / "engine" / "keras_outputs.npz"
NETWORKS: Mapping[str, str] = {
    f"keras_resnet{depth}{version}": f"ResNet{depth}{version.upper()}"
    for depth in (50, 101, 152)
    for version in ("", "v2")
}
"""By preset: the name in keras.applications."""
STORED = ("keras_resnet50", "keras_resnet50v2")
"""One of each construction: their outputs are stored."""

PARTS: Mapping[str, str] = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_variance",
}
"""What Keras calls the tensors of a batch norm."""
SPREAD = 0.03
"""Of what goes into a norm. Trained networks have variances as small; with 1 another epsilon would hardly show."""
RANGES: Mapping[str, tuple[float, float]] = {
    "gamma": (0.5, 1.5),
    "beta": (-0.5, 0.5),
    "moving_mean": (-0.5 * SPREAD, 0.5 * SPREAD),
    "moving_variance": (0.5 * SPREAD**2, 1.5 * SPREAD**2),
    "bias": (-0.5 * SPREAD, 0.5 * SPREAD),
    "unit": (0.0, 1.0),
}
"""Where random values lie, by the last word of Keras' name."""


def keras_name(ours: str, preact: bool) -> str:
    """Keras' name of a tensor that is called `ours` here: `layer1.0.conv1.weight` is `conv2_block1_1_conv/kernel`."""
    layer, _, part = ours.rpartition(".")
    is_norm = layer.rpartition(".")[2].startswith(("bn", "norm")) or layer.endswith("downsample.1")
    theirs = PARTS[part] if is_norm else {"weight": "kernel"}.get(part, part)
    return f"{_keras_layer(layer, preact)}/{theirs}"


def _keras_layer(ours: str, preact: bool) -> str:
    whole = {"conv1": "conv1_conv", "bn1": "conv1_bn", "norm": "post_bn", "fc": "predictions"}
    if ours in whole:
        return whole[ours]
    stage, block, rest = ours.removeprefix("layer").split(".", 2)
    prefix = f"conv{int(stage) + 1}_block{int(block) + 1}"
    if rest.startswith("downsample"):
        return f"{prefix}_0_{'bn' if rest.endswith('1') else 'conv'}"
    kind, number = re.sub(r"\d", "", rest), int(rest[-1])
    if preact and kind == "bn":
        # Our norm comes before the convolution of its number, Keras' behind.
        return f"{prefix}_{number - 1}_bn" if number > 1 else f"{prefix}_preact_bn"
    return f"{prefix}_{number}_{kind}"


def random_values(name: str, shape: tuple[int, ...]) -> Values:
    """The values of Keras' tensor `name`, in its layout: uniform, of a sensible size, the same on every machine."""
    # The stream of a bit generator is fixed, whatever NumPy's version; that of its distributions is not.
    whole = np.random.PCG64(crc32(name.encode())).random_raw(prod(shape)) >> np.uint64(11)
    unit = (whole * 2.0**-53).reshape(shape)
    if name.endswith("kernel"):
        return (2 * unit - 1) * SPREAD * (6 / prod(shape[:-1])) ** 0.5  # He et al. 2015, from the number of inputs
    low, high = RANGES[name.rpartition("/")[2]]
    return low + (high - low) * unit


def random_image(size: int) -> Values:
    """One image, (1, size, size, 3) as Keras has it, values in -1 to 1."""
    return 2 * random_values(f"image{size}/unit", (1, size, size, 3)) - 1


def our_outputs(name: str, size: int) -> Tensor:
    """The class scores of our network, (1, 1000), with Keras' weights on the image of that size."""
    spec = replace(preset(name), image_size=size)
    network = build_module(spec).double().eval()
    for ours, tensor in network.state_dict().items():
        if tensor.is_floating_point():
            theirs = keras_name(ours, spec.activation_order == "preact")
            tensor.copy_(_from_keras(random_values(theirs, _keras_shape(tensor.shape))))
    with torch.no_grad():
        outputs: Tensor = network(torch.from_numpy(random_image(size)).permute(0, 3, 1, 2))
    return outputs


def _keras_shape(ours: tuple[int, ...]) -> tuple[int, ...]:
    """Keras has the outputs of a kernel last, and its inputs before them."""
    return (*ours[2:], *reversed(ours[:2]))


def _from_keras(values: Values) -> Tensor:
    tensor = torch.from_numpy(values)
    axes = tuple(range(tensor.ndim))
    return tensor.permute(*reversed(axes[-2:]), *axes[:-2])


def load_keras() -> Any:
    """Keras on its torch backend, in float64. Raises ImportError where it is not installed.

    Its batch norms compute in float32 even then (Keras 3.15), which is what differs.
    """
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras


def keras_outputs(keras: Any, name: str, size: int) -> Tensor:
    """The class scores of Keras' own network, (1, 1000), with the same weights on the same image."""
    build = getattr(keras.applications, NETWORKS[name])
    network = build(weights=None, classifier_activation=None, input_shape=(size, size, 3))
    for variable in network.variables:
        variable.assign(random_values(variable.path, tuple(variable.shape)))
    with torch.no_grad():
        outputs: Tensor = network(random_image(size), training=False)
    return outputs.cpu()


def keras_differences(keras: Any, name: str, sizes: Iterable[int] = SIZES) -> dict[int, float]:
    """By image size: the largest difference between our outputs and Keras', relative to Keras' largest."""
    return {size: relative_difference(our_outputs(name, size), keras_outputs(keras, name, size)) for size in sizes}


def main() -> None:
    """Writes the outputs of the stored networks, rounded to float32, by preset and size."""
    keras = load_keras()
    outputs = {
        f"{name} {size}": keras_outputs(keras, name, size).numpy()[0].astype(np.float32)
        for name in STORED
        for size in SIZES
    }
    np.savez_compressed(OUTPUTS, version=np.array(keras.__version__), **outputs)


if __name__ == "__main__":
    main()
