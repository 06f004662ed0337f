"""What methods share that know whole gradients only: the oracle as they see it, its smoothness."""


class WholeGradients:
    """Counts the calls of a run in gradients of components, so that schedules know their horizon.

    The calls themselves are charged by the oracle.
    """

    def __init__(self, oracle):
        self.n, self.start = oracle.n, oracle.start
        self.calls = oracle.calls // (oracle.c_expensive + 2 * oracle.c_model)
        self.gradient, self.stochastic_gradient = oracle.gradient, oracle.stochastic_gradient


def size(n: int, batch: int) -> int:
    """How many components a batch has; 0 stands for all."""
    return n if batch == 0 else min(batch, n)


def batch_smoothness(oracle, batch: int) -> float:
    """How smooth the mean of `batch` components, drawn without replacement, is expected to be."""
    n, ours, one = oracle.n, oracle.smoothness, oracle.component_smoothness
    if batch >= n:
        return ours
    return (n * (batch - 1) * ours + (n - batch) * one) / (batch * (n - 1))
