"""The way of a question: screen, stand alone, retrieve, judge, compose, verify, frame, caveat.

`Chat.stream` holds the steps in order, one line each. Every surface goes through it.
"""

import itertools
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from chat.answer import Answer, Turn
from chat.current import CurrentRelease
from chat.settings import Settings, read_settings
from ingest.embed import Embedder, open_embedder
from ingest.errors import UserError
from ingest.library import open_library

LONGEST = 10_000  # characters of a question
TOGETHER = 32  # questions of a batch whose vectors are made in one go


@dataclass(frozen=True)
class Question:
    """What somebody asks. id: given back with the answer. problem: why it cannot be asked."""

    text: str
    history: tuple[Turn, ...] = ()
    id: object = None
    problem: str | None = None

    @property
    def checked(self) -> str:
        """The text without outer blanks; UserError if it cannot be asked."""
        text = self.text.strip()
        if self.problem:
            raise UserError(self.problem)
        if not text:
            raise UserError("the question is empty: write what you want to know")
        if len(text) > LONGEST:
            raise UserError(
                f"the question has {len(text):,} characters, the most is {LONGEST:,}: shorten it"
            )
        return text


class Clock:
    """Wall-clock seconds by step, for one Answer."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._start = time.perf_counter()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

    def read(self) -> dict[str, float]:
        """Seconds of each step so far, and in total."""
        spent = {**dict.fromkeys(STEPS, 0.0), **self.seconds}
        return {**spent, "total": time.perf_counter() - self._start}
