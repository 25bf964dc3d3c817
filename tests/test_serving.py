"""The web chat as it is served: processes of its own, with the real models, over one library."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from chat.page.guard import ASK
from ingest.build import build
from ingest.embed import open_embedder
from ingest.library import create_library

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
TEXT = "# Hiccups\n\nHolding the breath for {seconds} seconds stops most hiccups."
QUESTION = "What stops hiccups?"


@dataclass(frozen=True)
class Serving:
    """A running `python -m chat`."""

    process: "subprocess.Popen[str]"
    log: Path
    url: str

    def join(self, question: str = QUESTION) -> str:
        """Put a question into the queue; where its answer will be."""
        reply = httpx.post(self.url + ASK, json={"data": [question, "[]", "", ""]}, timeout=60)
        return f"{self.url}{ASK}/{reply.json()['event_id']}"

    def ask(self, question: str = QUESTION) -> str:
        return httpx.get(self.join(question), timeout=60).text

    def answering(self) -> int:
        """The process that has the models: the largest child."""
        children = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[1]) == self.process.pid:
                    children[int(stat.parent.name)] = int(fields[21])
        return max(children, key=lambda child: children[child])


@contextmanager
def serving(log: Path) -> Iterator[Serving]:
    command = [sys.executable, "-m", "chat", "--name", "hiccups", "--port", "0"]
    with log.open("w") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, text=True
        )
    try:
        yield Serving(process, log, _address(log, process))
    finally:
        process.kill()
        process.wait()


def _address(log: Path, process: "subprocess.Popen[str]") -> str:
    for _ in range(600):
        found = [word for word in log.read_text().split() if word.startswith("http://")]
        if found:
            return found[0]
        assert process.poll() is None, log.read_text()
        time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture
def publish(write: Callable[[dict[str, str]], Path]) -> Callable[[int], None]:
    """Publishes a release whose one document says so many seconds; 20 to begin with."""
    library, embedder = create_library("hiccups"), open_embedder()

    def publish_seconds(seconds: int) -> None:
        build(write({"hiccups.md": TEXT.format(seconds=seconds)}), library, embedder)

    publish_seconds(20)
    return publish_seconds


def test_two_servers_of_one_library_both_change_over_when_a_release_is_published(
    publish: Callable[[int], None], tmp_path: Path
) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(tmp_path / name)) for name in ("one", "other")]
        assert all("20 seconds" in server.ask() for server in servers)
        publish(35)
        for server in servers:
            shown = server.ask()
            assert "35 seconds" in shown
            assert "20 seconds" not in shown


@pytest.mark.usefixtures("publish")
def test_told_to_stop_amid_answers_it_ends_them_and_leaves_no_process_behind(
    tmp_path: Path,
) -> None:
    with serving(tmp_path / "log") as server:
        for _ in range(20):
            server.join()
        answering = server.answering()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert not Path(f"/proc/{answering}").exists()
        assert "Traceback" not in server.log.read_text()


@pytest.mark.usefixtures("publish")
def test_where_the_process_that_answers_is_killed_the_server_says_so_and_ends(
    tmp_path: Path,
) -> None:
    with serving(tmp_path / "log") as server:
        assert "20 seconds" in server.ask()
        os.kill(server.answering(), signal.SIGKILL)
        assert server.process.wait(20) == 1
        assert "the process that answers has ended" in server.log.read_text()


@pytest.mark.usefixtures("publish")
def test_an_answer_that_nobody_waits_for_any_more_is_ended(tmp_path: Path) -> None:
    with serving(tmp_path / "log") as server:
        with httpx.stream("GET", server.join(), timeout=60):
            pass
        deadline = time.monotonic() + 20
        while "caveat_answering 0.0" not in httpx.get(f"{server.url}/metrics").text:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert "20 seconds" in server.ask()
