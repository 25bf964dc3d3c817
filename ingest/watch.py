"""Wait until the files of a folder have changed and settled."""

from collections.abc import Iterator
from pathlib import Path

SETTLED = 2000  # milliseconds without a further change


def changes(folder: Path) -> Iterator[None]:
    """One item each time files below `folder` have changed and then been left alone for a while."""
    from watchfiles import watch

    for _ in watch(folder, debounce=60_000, step=SETTLED, raise_interrupt=True):
        yield None
