"""How the web chat bears many conversations at once, measured from outside.

python -m evals.load FILE [--url URL] [--at-once 10 50 200] [--turns 1]
                          [--think 20] [--drop 0.3]
    FILE has one question a line; each conversation asks some of them, one after the other.
    --think: seconds between two questions of a conversation, at the mean; its first question comes
    within that time, too. Without it all begin in the same moment, which people never do.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

ASK = "/chat/gradio_api/call/ask"
PATIENCE = 120.0  # seconds


@dataclass
class Tally:
    """What happened to the questions of one run. first and whole: seconds; told: when refused."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    dropped: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    def line(self, at_once: int) -> str:
        """One row of the table."""
        columns = [f"{at_once:>8}", f"{len(self.whole):>6}", f"{len(self.told):>6}"]
        columns += [f"{self.dropped:>7}", f"{self.errors.total():>6}"]
        columns += [f"{_share(self.first, share):>9}" for share in (50, 95)]
        columns += [f"{_share(self.whole, 95):>9}", f"{_share(self.told, 95):>9}"]
        return " ".join(columns)


def _share(seconds: list[float], share: int) -> str:
    return f"{np.percentile(seconds, share):.2f}" if seconds else "-"


async def converse(
    client: httpx.AsyncClient,
    questions: list[str],
    pauses: list[float],
    drop: float,
    tally: Tally,
) -> None:
    """Ask these questions one after the other; some connections are dropped half-way."""
    history: list[dict[str, str]] = []
    for question, pause in zip(questions, pauses, strict=True):
        await asyncio.sleep(pause)
        start = time.perf_counter()
        try:
            said = await _ask(client, question, history, drop, tally, start)
        except (httpx.HTTPError, ValueError) as error:
            tally.errors[f"{type(error).__name__}: {error}"] += 1
            return
        if said is None:
            return
        history += [{"role": "user", "content": question}, {"role": "assistant", "content": said}]


async def _ask(
    client: httpx.AsyncClient,
    question: str,
    history: list[dict[str, str]],
    drop: float,
    tally: Tally,
    start: float,
) -> str | None:
    joined = await client.post(ASK, json={"data": [question, json.dumps(history), "", ""]})
    if joined.status_code in (429, 503):
        tally.told.append(time.perf_counter() - start)
        return None
    joined.raise_for_status()
    shown = None
    async with client.stream("GET", f"{ASK}/{joined.json()['event_id']}") as stream:
        async for line in stream.aiter_lines():
            data = json.loads(line[6:]) if line.startswith("data: ") else None
            if not data:
                continue
            if shown is None:
                tally.first.append(time.perf_counter() - start)
            shown = data[0]
            if random.random() < drop:  # noqa: S311 - a coin, no secret
                tally.dropped += 1
                return None
    if not shown or not shown["whole"]:
        raise ValueError("the answer was cut short")
    tally.whole.append(time.perf_counter() - start)
    return str(shown["said"])


async def run(
    url: str, at_once: int, questions: list[str], turns: int, think: float, drop: float
) -> Tally:
    """So many conversations at the same time."""
    tally = Tally()
    limits = httpx.Limits(max_connections=None)
    chance = random.Random(at_once)  # noqa: S311
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits) as client:
        plans = [
            (
                chance.choices(questions, k=turns),
                [
                    chance.uniform(0, think),
                    *(chance.uniform(0.5, 1.5) * think for _ in range(1, turns)),
                ],
            )
            for _ in range(at_once)
        ]
        await asyncio.gather(*(converse(client, *plan, drop, tally) for plan in plans))
    return tally


def main(argv: list[str] | None = None) -> int:
    """Print a table; returns the exit code: 1 if any question met an error."""
    parser = argparse.ArgumentParser(prog="python -m evals.load", description=__doc__)
    parser.add_argument("questions", type=Path, metavar="FILE")
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 10, 50, 100, 200])
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--think", type=float, default=0.0)
    parser.add_argument("--drop", type=float, default=0.0)
    given = parser.parse_args(argv)
    questions = [line for line in given.questions.read_text(encoding="utf-8").splitlines() if line]
    print(" at once  whole   told dropped errors first p50 first p95 whole p95  told p95")
    errors = 0
    for at_once in given.at_once:
        tally = asyncio.run(
            run(given.url, at_once, questions, given.turns, given.think, given.drop)
        )
        print(tally.line(at_once), flush=True)
        errors += tally.errors.total()
        for error, count in tally.errors.items():
            print(f"         {count} x {error}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
