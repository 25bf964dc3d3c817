"""How the web chat bears many conversations at once, measured from outside.

python -m evals.load FILE [--url URL] [--at-once 10 50 200] [--turns 1]
                          [--think 20] [--drop 0.3] [--conversations 10000]
    FILE has one question a line; each conversation asks some of them, one after the other.
    --think: seconds between two questions of a conversation, at the mean; its first question comes
    within that time, too. Without it all begin in the same moment, which people never do.
    --drop: the share of questions that are given up, unread or when their answer begins.
    --conversations: so many in all; where one ends the next begins.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np

ASK = "/chat/gradio_api/call/ask"
PATIENCE = 120.0  # seconds
LONGEST = 2**24  # bytes of one update
MEMORY = "process_resident_memory_bytes"
HEAD = " at once  whole   told dropped errors first p50 first p95 whole p95  told p95     MB"


@dataclass
class Tally:
    """What happened to the questions of one run. first and whole: seconds; told: when refused."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    dropped: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    def line(self, at_once: int, megabytes: float) -> str:
        """One row of the table."""
        columns = [f"{at_once:>8}", f"{len(self.whole):>6}", f"{len(self.told):>6}"]
        columns += [f"{self.dropped:>7}", f"{self.errors.total():>6}"]
        columns += [f"{_share(self.first, share):>9}" for share in (50, 95)]
        columns += [f"{_share(self.whole, 95):>9}", f"{_share(self.told, 95):>9}"]
        return " ".join([*columns, f"{megabytes:>6.0f}"])


def _share(seconds: list[float], share: int) -> str:
    return f"{np.percentile(seconds, share):.2f}" if seconds else "-"


class Connection:
    """One visitor's connection, with no more of HTTP than this server speaks.

    It shares the machine with the server that is measured: httpx took 16 ms of the processor for
    each question, this takes one.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def post(self, path: str, data: object) -> tuple[int, bytes]:
        """The status of the reply, and the reply."""
        body = json.dumps(data).encode()
        head = await self._send("POST", path, body)
        length = next(line for line in head if line.startswith(b"content-length:"))
        reply = await self._reader.readexactly(int(length.split()[1]))
        return int(head[0].split()[1]), reply

    async def updates(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """What the server sends of an answer, until it ends; each comes in a chunk of its own."""
        await self._send("GET", path, b"")
        while (line := await self._reader.readline()) not in (b"0\r\n", b""):
            data = json.loads(line[6:]) if line.startswith(b"data: ") else None
            if isinstance(data, list):  # otherwise a heartbeat, or what went wrong
                yield data[0]
        await self._reader.readline()

    async def _send(self, method: str, path: str, body: bytes) -> list[bytes]:
        """The lines of the reply's head, in lower case."""
        host, port = self._writer.get_extra_info("peername")[:2]
        lines = [f"{method} {path} HTTP/1.1", f"host: {host}:{port}"]
        lines += ["content-type: application/json", f"content-length: {len(body)}", "", ""]
        self._writer.write("\r\n".join(lines).encode() + body)
        return (await self._reader.readuntil(b"\r\n\r\n")).lower().splitlines()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """A connection to the server."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=LONGEST)
    try:
        yield Connection(reader, writer)
    finally:
        writer.transport.abort()


@dataclass(frozen=True)
class Plan:
    """What the conversations are like; see the module."""

    url: str
    questions: list[str]
    turns: int = 1
    think: float = 0.0
    drop: float = 0.0


async def converse(plan: Plan, chance: random.Random, tally: Tally) -> None:
    """One conversation; a question that is refused or given up ends it."""
    history: list[dict[str, str]] = []
    for turn in range(plan.turns):
        least, most = (0.5, 1.5) if turn else (0.0, 1.0)
        await asyncio.sleep(chance.uniform(least, most) * plan.think)
        question, start = chance.choice(plan.questions), time.perf_counter()
        given_up = chance.choice((0, 1)) if chance.random() < plan.drop else None
        try:
            async with asyncio.timeout(PATIENCE), connected(plan.url) as connection:
                said = await _ask(connection, question, history, given_up, tally, start)
        except (OSError, EOFError, ValueError) as error:
            tally.errors[f"{type(error).__name__}: {error}"] += 1
            return
        if said is None:
            return
        history += [{"role": "user", "content": question}, {"role": "assistant", "content": said}]


async def _ask(
    connection: Connection,
    question: str,
    history: list[dict[str, str]],
    given_up: int | None,
    tally: Tally,
    start: float,
) -> str | None:
    """What was said; None if that is refused, or given up before the update of that number."""
    status, reply = await connection.post(ASK, {"data": [question, json.dumps(history), "", ""]})
    if status in (429, 503):
        tally.told.append(time.perf_counter() - start)
        return None
    if status != 200:
        raise ValueError(f"status {status}")
    shown: list[dict[str, Any]] = []
    if given_up != 0:
        async for data in connection.updates(f"{ASK}/{json.loads(reply)['event_id']}"):
            shown.append(data)
            if len(shown) == 1:
                tally.first.append(time.perf_counter() - start)
            if given_up == len(shown):
                break
    if given_up is not None:
        tally.dropped += 1
        return None
    if not shown or not shown[-1]["whole"]:
        raise ValueError("the answer was cut short")
    tally.whole.append(time.perf_counter() - start)
    return str(shown[-1]["said"])


async def run(plan: Plan, at_once: int, conversations: int) -> Tally:
    """So many conversations in all, so many of them at the same time."""
    tally, chance = Tally(), random.Random(at_once)  # noqa: S311 - no secret
    waiting = iter(range(conversations))

    async def one_after_the_other() -> None:
        for _ in waiting:
            await converse(plan, chance, tally)

    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
    return tally


def memory(url: str) -> float:
    """Megabytes that the server's processes hold."""
    lines = httpx.get(f"{url}/metrics", timeout=PATIENCE).text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if MEMORY in line and line[0] != "#") / 1e6


def main(argv: list[str] | None = None) -> int:
    """Print a table; returns the exit code: 1 if any question met an error."""
    parser = argparse.ArgumentParser(prog="python -m evals.load", description=__doc__)
    parser.add_argument("questions", type=Path, metavar="FILE")
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 10, 50, 100, 200])
    parser.add_argument("--conversations", type=int)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--think", type=float, default=0.0)
    parser.add_argument("--drop", type=float, default=0.0)
    given = parser.parse_args(argv)
    questions = [line for line in given.questions.read_text(encoding="utf-8").splitlines() if line]
    plan = Plan(given.url, questions, given.turns, given.think, given.drop)
    print(HEAD)
    errors = 0
    for at_once in given.at_once:
        tally = asyncio.run(run(plan, at_once, given.conversations or at_once))
        print(tally.line(at_once, memory(given.url)), flush=True)
        errors += tally.errors.total()
        for error, count in tally.errors.items():
            print(f"         {count} x {error}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
