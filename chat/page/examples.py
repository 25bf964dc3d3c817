"""Questions to begin with, made anew when another release has been published."""

import threading

from chat.pipeline import Chat
from ingest.errors import UserError


class Examples:
    """Those of the release that stands when the server starts; later ones are made beside the page.

    While they are being made there are none, as the old ones may have no answer any more.
    """

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._lock = threading.Lock()
        self._wanted = chat.library.state
        self._questions: list[str] = []
        self._make()

    def now(self) -> list[str]:
        """The questions to show now."""
        state = self._chat.library.state
        with self._lock:
            if state != self._wanted:
                self._wanted, self._questions = state, []
                threading.Thread(target=self._make_quietly, daemon=True).start()
            return self._questions

    def _make(self) -> None:
        wanted = self._wanted
        with self._chat.releases.lent() as release:
            questions = self._chat.suggestions.first(release)
        with self._lock:
            if self._wanted == wanted:
                self._questions = questions

    def _make_quietly(self) -> None:
        try:
            self._make()
        except UserError:
            return  # the page says what is wrong with the library
