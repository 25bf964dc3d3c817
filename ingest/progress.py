"""How far an ingest is: bars with the time left on the terminal, or lines for a program."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

PAUSE = 0.3  # seconds between two lines of one stage


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


def progress_lines() -> Callable[[str, int, int], None]:
    """A function (stage, done, of how many) that writes JSON lines to stderr, a few a second."""
    told: dict[str, float] = {}

    def tell(stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - told.get(stage, 0.0) >= PAUSE or done == total:
            told[stage] = now
            line = json.dumps({"stage": stage, "done": done, "total": total})
            print(line, file=sys.stderr, flush=True)

    return tell
