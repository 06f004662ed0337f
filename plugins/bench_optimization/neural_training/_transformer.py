"""A small causal transformer over characters: predict each character from those before it.

Tokens get the sum of an embedding and one of their position. Each block adds to them causal
attention in several heads and a two-layer network with ReLU, both of what an RMS norm with a gain
lets in (pre-norm); a last norm and a linear head give the logits. No biases, head not tied. The
loss of a sample, a window of characters, is the mean cross-entropy of its characters.

Backwards through a norm y = g * n, n = x r, r = (mean(x^2) + eps)^(-1/2), with e = g * dy:
dx = r (e - n mean(e n)). Through A = softmax(S) over keys: dS = A * (dA - sum over keys of A dA).
Attention is kept as [.., keys, queries], since sums over another axis than the last are faster.
"""

import numpy as np

from bench_optimization.neural_training import _losses

_EPS = 1e-5  # in the norms
_WIDER = 4  # the hidden layer of a block's network


class Transformer:
    """Decoder-only, pre-norm.

    Args:
        symbols: of the alphabet. context: characters of a window. width: of a token's vector.
        depth: blocks. heads: of the attention; they divide the width.
    """

    def __init__(self, symbols: int, context: int, width: int, depth: int, heads: int) -> None:
        self._heads, self._depth, self._context = heads, depth, context
        self.shapes: dict[str, tuple[int, ...]] = {
            "embedding.weight": (symbols, width),
            "position.weight": (context, width),
        }
        for number in range(depth):
            self.shapes |= {
                f"block{number}.norm1.gain": (width,),
                f"block{number}.attention.weight": (3 * width, width),
                f"block{number}.mix.weight": (width, width),
                f"block{number}.norm2.gain": (width,),
                f"block{number}.up.weight": (_WIDER * width, width),
                f"block{number}.down.weight": (width, _WIDER * width),
            }
        self.shapes |= {"norm.gain": (width,), "head.weight": (symbols, width)}
        # Added to scores: a key after the query is out of sight.
        self._hidden = np.where(np.tri(context, dtype=bool).T, 0, -np.inf).astype(np.float32)

    def _forward(
        self, parameters: list[np.ndarray], tokens: np.ndarray
    ) -> tuple[np.ndarray, list[tuple[np.ndarray, ...]], tuple[np.ndarray, ...]]:
        """The logits, float[symbols, characters], and what the way back needs."""
        samples, length = tokens.shape
        x = (parameters[0][tokens] + parameters[1]).reshape(samples * length, -1)
        blocks = []
        for number in range(self._depth):
            gain1, attend, mix, gain2, up, down = parameters[2 + 6 * number : 8 + 6 * number]
            n1, r1 = _normalised(x)
            y1 = n1 * gain1
            three = (y1 @ attend.T).reshape(samples, length, 3, self._heads, -1)
            q, k, v = three.transpose(2, 0, 3, 1, 4)
            weights = k @ q.swapaxes(-1, -2)
            weights *= q.shape[-1] ** -0.5
            weights += self._hidden
            weights -= weights.max(axis=-2, keepdims=True)
            np.exp(weights, out=weights)
            weights /= weights.sum(axis=-2, keepdims=True)
            mixed = (weights.swapaxes(-1, -2) @ v).transpose(0, 2, 1, 3).reshape(len(x), -1)
            x = x + mixed @ mix.T
            n2, r2 = _normalised(x)
            y2 = n2 * gain2
            inner = y2 @ up.T
            np.maximum(inner, 0, out=inner)
            x = x + inner @ down.T
            blocks.append((n1, r1, y1, q, k, v, weights, mixed, n2, r2, y2, inner))
        n, r = _normalised(x)
        y = n * parameters[-2]
        return parameters[-1] @ y.T, blocks, (n, r, y)

    def gradient(
        self, parameters: list[np.ndarray], inputs: np.ndarray, wanted: np.ndarray
    ) -> list[np.ndarray]:
        """The gradient of the mean loss over samples; both arrays are int[samples, context]."""
        samples, length = inputs.shape
        logits, blocks, (n, r, y) = self._forward(parameters, inputs)
        derivative = _losses.cross_entropy_derivative(logits, wanted.ravel())
        found = [derivative @ y]
        dx, gain = _through_norm(derivative.T @ parameters[-1], n, r, parameters[-2])
        found.append(gain)
        for number in range(self._depth - 1, -1, -1):
            gain1, attend, mix, gain2, up, down = parameters[2 + 6 * number : 8 + 6 * number]
            n1, r1, y1, q, k, v, weights, mixed, n2, r2, y2, inner = blocks.pop()
            found.append(dx.T @ inner)
            d_inner = dx @ down
            d_inner *= inner > 0
            found.append(d_inner.T @ y2)
            d_norm, gain = _through_norm(d_inner @ up, n2, r2, gain2)
            dx += d_norm
            found += [gain, dx.T @ mixed]
            d_mixed = (dx @ mix).reshape(samples, length, self._heads, -1).transpose(0, 2, 1, 3)
            three = np.empty((samples, length, 3, self._heads, q.shape[-1]), dx.dtype)
            dq, dk, dv = three.transpose(2, 0, 3, 1, 4)
            dv[...] = weights @ d_mixed
            d_weights = v @ d_mixed.swapaxes(-1, -2)
            d_weights *= weights
            d_weights -= weights * d_weights.sum(axis=-2, keepdims=True)
            d_weights *= q.shape[-1] ** -0.5
            dk[...] = d_weights @ q
            dq[...] = d_weights.swapaxes(-1, -2) @ k
            flat = three.reshape(len(dx), -1)
            found.append(flat.T @ y1)
            d_norm, gain = _through_norm(flat @ attend, n1, r1, gain1)
            dx += d_norm
            found.append(gain)
        # A product with one-hot rows adds up the characters of each symbol.
        chosen = np.zeros((len(dx), len(parameters[0])), dx.dtype)
        chosen[np.arange(len(dx)), inputs.ravel()] = 1
        found += [dx.reshape(samples, length, -1).sum(axis=0), chosen.T @ dx]
        return found[::-1]

    def losses(
        self, parameters: list[np.ndarray], inputs: np.ndarray, wanted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Of each character the loss, and whether it is predicted rightly."""
        logits, _, _ = self._forward(parameters, inputs)
        return _losses.cross_entropy(logits, wanted.ravel())


def _normalised(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x with rows of mean square 1, and the factors that make them so, float[rows, 1]."""
    factors = np.einsum("nd,nd->n", x, x)
    factors /= x.shape[1]
    factors += _EPS
    np.sqrt(factors, out=factors)
    column = np.reciprocal(factors, out=factors)[:, None]
    return x * column, column


def _through_norm(
    dy: np.ndarray, normed: np.ndarray, factors: np.ndarray, gain: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The derivatives by the norm's input and by its gain; `dy` is written to."""
    d_gain = np.einsum("nd,nd->d", dy, normed)
    dy *= gain
    dy -= normed * (np.einsum("nd,nd->n", dy, normed) / dy.shape[1])[:, None]
    dy *= factors
    return dy, d_gain
