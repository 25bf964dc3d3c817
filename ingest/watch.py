"""Wait until the files of a folder have changed and settled."""

from collections.abc import Iterator
from pathlib import Path

SETTLED = 2000  # milliseconds without a further change
LONGEST = 60_000  # milliseconds that changes are waited out
AWAKE = 1000  # milliseconds between two looks at what the system has noticed


def changes(folder: Path) -> Iterator[None]:
    """An item at once, and one each time files below `folder` have changed and settled.

    By the first item the folder is watched already: what changes during the first ingest is not
    missed. Ends when the folder is gone.
    """
    from watchfiles import watch

    watching = watch(
        folder, debounce=LONGEST, step=SETTLED, rust_timeout=AWAKE, yield_on_timeout=True
    )
    first = True
    for found in watching:
        if not folder.is_dir():
            return
        if found or first:
            yield None
        first = False
