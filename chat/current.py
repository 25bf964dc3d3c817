"""The release to answer from: looked up at each question, opened beside the old one, swapped."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.library import Library, Release


class CurrentRelease:
    """Lends the published release; a replaced one is closed when its last question is answered."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._lock = threading.Lock()
        self._state: tuple[int | None, int] | None = None
        self._release: Release | None = None
        self._lent: dict[int, int] = {}

    @contextmanager
    def lent(self) -> Iterator[Release]:
        """The current release, for the time of one question."""
        with self._lock:
            release = self._newest()
            self._lent[id(release)] = self._lent.get(id(release), 0) + 1
        try:
            yield release
        finally:
            with self._lock:
                self._lent[id(release)] -= 1
                self._close_if_done(release)

    def close(self) -> None:
        """Close what is open; for the end of the process."""
        with self._lock:
            release, self._release, self._state = self._release, None, None
            if release is not None:
                self._close_if_done(release)

    def _newest(self) -> Release:
        state = self.library.state
        if self._release is None or state != self._state:
            old, self._release = self._release, self.library.current()
            self._state = state
            if old is not None:
                self._close_if_done(old)
        return self._release

    def _close_if_done(self, release: Release) -> None:
        if release is not self._release and not self._lent.get(id(release)):
            self._lent.pop(id(release), None)
            release.close()
