"""Progress bars with the time left, on the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress_bars(*, shown: bool = True) -> Iterator[Callable[[str, int, int], None]]:
    """Gives a function (stage, done, of how many) that draws a bar, on a terminal only."""
    from tqdm import tqdm

    bars: dict[str, Any] = {}

    def draw(stage: str, done: int, total: int) -> None:
        bar = bars.get(stage)
        if bar is None or bar.total != total:
            bar = bars[stage] = tqdm(
                total=total, desc=stage, leave=False, disable=None if shown else True
            )
        bar.update(done - bar.n)
        if done >= total:
            bar.close()
            del bars[stage]

    try:
        yield draw
    finally:
        for bar in bars.values():
            bar.close()
