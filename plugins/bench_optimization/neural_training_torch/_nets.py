"""The networks of the board `neural_training` in PyTorch, as functions of their parameters.

Each gives the mean loss of a batch as a tensor, from parameters in the order and the shapes that
the board names; autograd does the rest. torch is imported by the caller's first use.
"""

from typing import Any

import numpy as np

_EPS = 1e-5  # in the norms, as on the board


def loss(net: dict[str, Any], parameters: list[Any], inputs: Any, wanted: Any) -> Any:
    """The mean loss of a batch.

    Args:
        net: which network, as `Workload.net` describes it.
        parameters: tensors. inputs, wanted: tensors whose rows are samples.
    """
    return _LOSSES[net["kind"]](net, parameters, inputs, wanted)


def gradient(
    net: dict[str, Any], parameters: list[np.ndarray], inputs: np.ndarray, wanted: np.ndarray
) -> list[np.ndarray]:
    """The gradient of the mean loss by autograd, arrays in and out."""
    import torch

    tensors = [torch.from_numpy(array).requires_grad_() for array in parameters]
    found = loss(net, tensors, torch.from_numpy(inputs), torch.from_numpy(wanted))
    return [part.numpy() for part in torch.autograd.grad(found, tensors)]


def _dense(net: dict[str, Any], parameters: list[Any], inputs: Any, wanted: Any) -> Any:
    import torch
    from torch.nn import functional

    activations = {"relu": torch.relu, "tanh": torch.tanh, "identity": lambda z: z}
    activation = activations[net.get("activation", "relu")]
    step = 1 + net.get("biases", True)
    h = inputs
    for at in range(0, len(parameters), step):
        h = functional.linear(h, *parameters[at : at + step])
        if at + step < len(parameters):
            h = activation(h)
    if net.get("classes", True):
        return functional.cross_entropy(h, wanted)
    return functional.mse_loss(h, wanted)


def _conv(net: dict[str, Any], parameters: list[Any], inputs: Any, wanted: Any) -> Any:
    import torch
    from torch.nn import functional

    image = inputs.reshape(len(inputs), 1, net["side"], net["side"])
    for at in range(0, len(parameters) - 2, 2):
        image = torch.relu(functional.conv2d(image, *parameters[at : at + 2], padding=1))
    pooled = functional.avg_pool2d(image, 2).flatten(1)
    return functional.cross_entropy(functional.linear(pooled, *parameters[-2:]), wanted)


def _factors(net: dict[str, Any], parameters: list[Any], inputs: Any, wanted: Any) -> Any:
    from torch.nn import functional

    u, v = (functional.embedding(inputs[:, k], parameters[k]) for k in range(2))
    return functional.mse_loss((u * v).sum(1), wanted)


def _transformer(net: dict[str, Any], parameters: list[Any], inputs: Any, wanted: Any) -> Any:
    import torch
    from torch.nn import functional

    samples, length = inputs.shape
    x = functional.embedding(inputs, parameters[0]) + parameters[1]
    width = (x.shape[-1],)
    for number in range(net["depth"]):
        gain1, attend, mix, gain2, up, down = parameters[2 + 6 * number : 8 + 6 * number]
        three = functional.linear(functional.rms_norm(x, width, gain1, _EPS), attend)
        q, k, v = three.reshape(samples, length, 3, net["heads"], -1).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + functional.linear(mixed.transpose(1, 2).reshape(samples, length, -1), mix)
        inner = torch.relu(functional.linear(functional.rms_norm(x, width, gain2, _EPS), up))
        x = x + functional.linear(inner, down)
    logits = functional.linear(functional.rms_norm(x, width, parameters[-2], _EPS), parameters[-1])
    return functional.cross_entropy(logits.reshape(samples * length, -1), wanted.reshape(-1))


_LOSSES = {"dense": _dense, "conv": _conv, "factors": _factors, "transformer": _transformer}
