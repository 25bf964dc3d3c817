"""What it costs to swap text in: the build beyond its model, one changed file, the chat meanwhile.

    python -m evals.upkeep [--documents 5000] [--latency]

Documents are drawn from the sentences of the bundled corpus. The build and the change run with the
models loaded. With --latency a second process ingests while this one asks.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chat.pipeline import Chat, open_chat
from evals.bench import CORPUS, own_task
from ingest.build import build
from ingest.embed import Embedder, open_embedder
from ingest.library import Library, create_library
from ingest.summary import Summary

MOST_OVERHEAD = 0.15  # of a build's time, other than the embedding model's
MOST_CHANGE = 0.05  # of a build's time, for one file replaced
MOST_SLOWER, MOST_MORE = 1.5, 0.020  # the chat's p95 during an ingest: times idle, plus seconds
QUESTIONS = 60


@dataclass(frozen=True)
class Costs:
    """Seconds of a build, of its embedding model, and of the ingest after one file has changed."""

    build: float
    model: float
    change: float

    @property
    def overhead(self) -> float:
        return 1 - self.model / self.build

    @property
    def share(self) -> float:
        return self.change / self.build


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures beside what they may be at most; exit code 1 if one is above it."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.upkeep", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--latency", action="store_true", help="only the chat during an ingest")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        files = write_files(Path(scratch) / "files", given.documents)
        if given.latency:
            return int(not tell_latency(Path(scratch), files))
        return int(not tell_costs(costs(files, Path(scratch), open_embedder())))


def write_files(folder: Path, documents: int) -> Path:
    """The documents as text files, each with a title of its own."""
    folder.mkdir()
    for key, text in own_task(documents).texts.items():
        (folder / f"{key}.txt").write_text(f"Note {key}\n\n{text}", encoding="utf-8")
    return folder


def costs(files: Path, scratch: Path, embedder: Embedder) -> Costs:
    """Build from `files`, change one of them, ingest again."""
    embedder.encode_passages(["warm"])
    library = create_library("upkeep", scratch)
    whole, summary = _timed(files, library, embedder)
    first = min(files.iterdir())
    first.write_text(first.read_text(encoding="utf-8") + " A new sentence.", encoding="utf-8")
    change, changed = _timed(files, library, embedder)
    if len(changed.diff.changed) != 1:
        raise RuntimeError(f"one file has changed, {len(changed.diff.changed)} were replaced")
    print(f"build: {_stages(summary)}")
    print(f"one file changed: {_stages(changed)}")
    return Costs(whole, summary.seconds["embed"], change)


def tell_costs(found: Costs) -> bool:
    """Print the costs; whether they are within what they may be."""
    print(
        f"build {found.build:.1f} s, of which other than the model {found.overhead:.1%}"
        f" (at most {MOST_OVERHEAD:.0%})"
    )
    print(
        f"one file changed {found.change:.2f} s, {found.share:.1%} of the build"
        f" (at most {MOST_CHANGE:.0%})"
    )
    return found.overhead <= MOST_OVERHEAD and found.share <= MOST_CHANGE


def tell_latency(scratch: Path, files: Path) -> bool:
    """Print the chat's p95 idle and during an ingest; whether the second is within bounds."""
    home = {**os.environ, "CAVEAT_HOME": str(scratch)}
    build(CORPUS, create_library("asked", scratch), open_embedder())
    questions = list(own_task(QUESTIONS).questions.values())
    with open_chat(str(scratch / "asked")) as chat:
        for _ in latencies(chat, questions[:10]):
            pass
        idle = _p95(latencies(chat, questions))
        print(f"chat p95 idle {idle * 1000:.0f} ms", flush=True)
        command = [sys.executable, "-m", "ingest", str(files), "--name", "busy"]
        ingest = subprocess.Popen(command, env=home, stdout=subprocess.DEVNULL)
        try:
            during: list[float] = []
            while ingest.poll() is None and len(during) < 2 * QUESTIONS:
                during += latencies(chat, questions)
        finally:
            ingest.kill()
            ingest.wait()
    busy, most = _p95(during), MOST_SLOWER * idle + MOST_MORE
    print(
        f"during an ingest {busy * 1000:.0f} ms over {len(during)} questions"
        f" (at most {most * 1000:.0f} ms)"
    )
    return busy <= most


def latencies(chat: Chat, questions: Sequence[str]) -> list[float]:
    """Seconds for the whole answer to each question."""
    spent = []
    for question in questions:
        start = time.perf_counter()
        chat.ask(question)
        spent.append(time.perf_counter() - start)
    return spent


def _timed(files: Path, library: Library, embedder: Embedder) -> tuple[float, Summary]:
    start = time.perf_counter()
    summary = build(files, library, embedder)
    return time.perf_counter() - start, summary


def _stages(summary: Summary) -> str:
    return ", ".join(f"{stage} {spent:.2f} s" for stage, spent in summary.seconds.items())


def _p95(seconds: Sequence[float]) -> float:
    return float(np.percentile(seconds, 95))


if __name__ == "__main__":
    sys.exit(main())
