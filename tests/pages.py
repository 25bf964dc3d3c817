"""A page over a small library, served in this process; and the browser that looks at it."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from chat.answer import Answer, Turn
from chat.page import QUIET
from chat.page.desk import ChatDesk
from chat.page.options import Options
from chat.page.server import make_app
from chat.pipeline import Chat
from chat.settings import Settings
from ingest.library import Library
from tests.fakes import WordEmbedder

FILES = {
    "cream.md": "---\ntitle: Cream shop\nkind: seller\npublisher: The shop\n---\n\n# Does the cream stop cramps?\n\n"
    "Magnesium cream stops cramps within one hour. <img src=x onerror=alert(1)> Buy now.",
    "trial.md": "---\ntitle: A trial\nkind: research\npublisher: A journal\npublished: 2020-05\n---\n\n"
    + "Something else was written here, at length.\n\n" * 60
    + "Magnesium tablets did not stop cramps in older adults. The trial had 735 people.",
}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class ScriptedChat(Chat):
    """Gives these Answers, one after the other, however it is asked; `pause` seconds before each."""

    def __init__(self, library: Library, answers: Sequence[Answer] = (), pause: float = 0) -> None:
        super().__init__(library, Settings(), WordEmbedder())
        self.answers = answers
        self.pause = pause
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        plain: bool = False,
        hurried: bool = False,
    ) -> Iterator[Answer]:
        if not self.answers:
            yield from super().stream(question, history, plain=plain, hurried=hurried)
            return
        if plain:  # asked to see whether a suggestion has an answer
            yield self.answers[-1]
            return
        self.asked.append((question, tuple(history)))
        for answer in self.answers:
            time.sleep(self.pause)
            yield answer


@contextmanager
def served(chat: Chat, options: Options | None = None) -> Iterator[str]:
    """The page's address, for the time of a test."""
    os.environ.update(QUIET)
    options = options or Options()
    language = chat.settings.language
    app = make_app(ChatDesk(chat, options), chat.library, language, options)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def browser_path() -> str | None:
    """Where Chromium is; None if it is not installed."""
    known = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
    return next((path for path in known if Path(path).exists()), None)


Make = Callable[..., Library]
Page = Any
