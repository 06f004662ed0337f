"""Minimisers that call back, as generators: in a thread that waits while its answer is out."""

from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread

import numpy as np


class _Closed(Exception):
    """The generator was closed: nobody wants more answers."""


def answers(work: Callable[[Callable[[np.ndarray], None]], object]) -> Iterator[np.ndarray]:
    """Yield each point that `work(show)` shows; of the two threads only one ever goes on.

    What `work` raises is raised here, so that a budget ends it as it ends any solver.
    """
    shown: SimpleQueue = SimpleQueue()
    more: SimpleQueue = SimpleQueue()

    def show(x: np.ndarray) -> None:
        shown.put((np.array(x), None))
        if not more.get():
            raise _Closed

    def run() -> None:
        error = None
        try:
            work(show)
        except BaseException as raised:
            error = raised
        shown.put((None, error))

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        while True:
            x, error = shown.get()
            if error is not None:
                raise error
            if x is None:
                return
            yield x
            more.put(True)
    finally:
        more.put(False)
        thread.join()
