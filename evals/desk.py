"""Opens the library that a round asks: the user's release, or a scratch one made of its files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from evals.run import Desk
from evals.scratch import scratch_library
from evals.trial import Round, Target
from ingest.embed import Embedder
from ingest.library import Library, Release

Seat = Callable[[Library], Target]


class PinnedLibrary(Library):
    """A library whose current release is the one given, published or not."""

    def __init__(self, library: Library, number: int) -> None:
        super().__init__(library.folder)
        self._number = number

    @property
    def current_number(self) -> int | None:
        return self._number

    def current(self) -> Release:
        return self.open_release(self._number)


class Desks:
    """Seats a chat at a library for each round; the models are loaded once."""

    def __init__(self, library: Library, embedder: Embedder, seat: Seat) -> None:
        self.library = library
        self.embedder = embedder
        self.release = library.current()
        self._seat = seat
        self._own = seat(library)

    def close(self) -> None:
        """Close what was opened; scratch libraries are gone by then."""
        self._own.close()
        self.release.close()

    @contextmanager
    def open(self, each: Round) -> Iterator[Desk]:
        """The desk for one round; what was made for it is removed when the round is over."""
        if each.files is None:
            yield Desk(self._own, self.release)
            return
        with scratch_library(each.files, self.embedder) as library:
            release, target = library.current(), self._seat(library)
            try:
                yield Desk(target, release)
            finally:
                target.close()
                release.close()
