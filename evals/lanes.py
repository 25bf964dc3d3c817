"""Several lines of work at the same time; what breaks in one stops the others."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

Work = TypeVar("Work")


def at_once(lanes: Sequence[Iterable[Work]], run: Callable[[Work], Iterator[None]]) -> None:
    """Do the work of each lane in order, the lanes beside each other.

    run: comes back after each step, where it can be stopped. What breaks, Ctrl-C as well, is raised
    once all have stopped.
    """
    stop = threading.Event()

    def walk(lane: Iterable[Work]) -> None:
        for work in lane:
            for _ in run(work):
                if stop.is_set():
                    return

    with ThreadPoolExecutor(max(1, len(lanes))) as threads:
        walking = [threads.submit(walk, lane) for lane in lanes]
        try:
            wait(walking, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    for each in walking:
        each.result()
