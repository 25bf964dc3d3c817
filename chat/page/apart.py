"""The desk in a process of its own, so that the server always has a moment for who comes next.

In the server's own process answering would hold Python's lock; apart, and at a lower priority, it
gets what time is left. One process with a thread a question: each has the models once.
"""

import itertools
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Self

from chat.page.conversation import Updates
from chat.page.desk import ChatDesk
from chat.page.options import Options
from chat.pipeline import open_chat
from chat.settings import Settings
from ingest.errors import UserError

NICE = 5  # below the server, above an operator's jobs
OTHERS = 8  # threads for what is asked for besides answers: pages and documents
PATIENCE = 5.0  # seconds for the process to end by itself
# Several questions at once keep the cores busy; threads inside one would wait for each other.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
GONE = "the process that answers has ended: is there enough memory?"


@dataclass(frozen=True)
class _Call:
    """What is asked for. name: of a method of the desk; None: call `number` is given up."""

    number: int
    name: str | None = None
    given: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Reply:
    """One value that a call returned, or its end. problem: what it raised instead."""

    number: int
    value: Any = None
    ends: bool = False
    problem: BaseException | None = None


class Apart:
    """A `Desk` whose work another process does; it starts at once and is ready when entered."""

    def __init__(self, name: str, settings: Settings, options: Options) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        given = (theirs, name, settings, replace(options, operator=None))
        self._process = context.Process(target=_work, args=given, daemon=True)
        with _environment(ONE_THREAD):
            self._process.start()
        theirs.close()
        self._numbers = itertools.count()
        self._sending = threading.Lock()
        self._waiting: dict[int, SimpleQueue[_Reply]] = {}
        self.alive = True

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def ask(
        self, question: str, history: str, language: str, country: str, *, hurried: bool
    ) -> Updates:
        return self._values("ask", question, history, language, country, hurried=hurried)

    def page(self, language: str) -> str:
        return str(self._value("page", language))

    def document(self, passage: str, start: int, end: int, language: str) -> str:
        return str(self._value("document", passage, start, end, language))

    def covers(self, language: str) -> str:
        return str(self._value("covers", language))

    def ready(self) -> int:
        return int(self._value("ready"))

    def __enter__(self) -> Self:
        """Wait until the process is ready; UserError if it cannot be."""
        try:
            first: _Reply = self._pipe.recv()
        except EOFError:
            raise UserError(GONE) from None
        if first.problem is not None:
            raise first.problem
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._send(None)
        self._process.join(PATIENCE)
        self._process.kill()

    def _value(self, name: str, *given: Any) -> Any:
        (value,) = self._values(name, *given)
        return value

    def _values(self, name: str, *given: Any, **named: Any) -> Generator[Any, None, None]:
        number, replies = next(self._numbers), SimpleQueue[_Reply]()
        self._waiting[number] = replies
        try:
            self._send(_Call(number, name, given, named))
            while not (reply := replies.get()).ends:
                yield reply.value
            if reply.problem is not None:
                raise reply.problem
        except GeneratorExit:
            self._send(_Call(number))
            raise
        finally:
            del self._waiting[number]

    def _send(self, call: _Call | None) -> None:
        if not self.alive:
            raise UserError(GONE)
        with self._sending:
            self._pipe.send(call)

    def _listen(self) -> None:
        """Hand the replies to those who wait for them, until the process ends."""
        with suppress(EOFError, OSError):
            while True:
                reply: _Reply = self._pipe.recv()
                if reply.number in self._waiting:
                    self._waiting[reply.number].put(reply)
        self.alive = False
        for number, replies in list(self._waiting.items()):
            replies.put(_Reply(number, ends=True, problem=UserError(GONE)))


class _Worker:
    """The other end: a desk, and who it still works for."""

    def __init__(self, desk: ChatDesk, pipe: Connection) -> None:
        self._desk = desk
        self._pipe = pipe
        self._sending = threading.Lock()
        self._wanted: set[int] = set()

    def run(self, threads: int) -> None:
        """Do what is asked for until the server ends."""
        with ThreadPoolExecutor(threads) as pool, suppress(EOFError):
            while (call := self._pipe.recv()) is not None:
                if call.name is None:
                    self._wanted.discard(call.number)
                else:
                    self._wanted.add(call.number)
                    pool.submit(self._tell, call).add_done_callback(partial(self._end, call.number))
            self._wanted.clear()
            pool.shutdown(cancel_futures=True)

    def _tell(self, call: _Call) -> None:
        """Send what the call returns, value by value, as long as it is wanted."""
        result = getattr(self._desk, str(call.name))(*call.given, **call.named)
        values = result if isinstance(result, Iterator) else iter([result])
        for value in values:
            if call.number not in self._wanted:
                break
            self._send(_Reply(call.number, value))

    def _end(self, number: int, told: "Future[None]") -> None:
        problem = None if told.cancelled() else told.exception()
        if problem is not None and not isinstance(problem, UserError):
            traceback.print_exception(problem)
            problem = RuntimeError(repr(problem))  # that of a library may not pass through a pipe
        self._wanted.discard(number)
        self._send(_Reply(number, ends=True, problem=problem))

    def _send(self, reply: _Reply) -> None:
        with self._sending, suppress(OSError):
            self._pipe.send(reply)


def _work(pipe: Connection, name: str, settings: Settings, options: Options) -> None:
    """What the process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    os.nice(NICE)
    try:
        chat = open_chat(name, settings)
    except UserError as error:
        pipe.send(_Reply(0, problem=error))
        return
    with chat:
        worker = _Worker(ChatDesk(chat, options), pipe)
        pipe.send(_Reply(0))
        worker.run(options.at_once + OTHERS)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Give a process that is started meanwhile these variables, unless they are set already."""
    new = {name: value for name, value in variables.items() if name not in os.environ}
    os.environ.update(new)
    try:
        yield
    finally:
        for name in new:
            del os.environ[name]
