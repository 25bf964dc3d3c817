"""The commands as they are typed, with the real models, on the bundled corpus."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.library import open_library

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
ANSWERED = {
    "What is the upper level for magnesium supplements?": "350 mg",
    "What did the Cochrane review say about cramps in older adults?": "unlikely to prevent cramps",
    "How much Epsom salt does the website put in a bath?": "a quarter cup",
}
NOT_FOUND = [
    "Does zinc help against cramps?",
    "Does magnesium help you sleep?",
    "What causes gout?",
    "Who won the football world cup?",
    "How do I repot an orchid?",
]
SECRET = "zanzibar-marmalade-4711"
# Python runs this before anything else, in child processes, too: it ends at the first look-up of a
# name or connection to another machine.
WATCH = """
import os, sys
HERE = ("127.0.0.1", "::1", "localhost", "0.0.0.0", None, "")
def watch(event, given):
    name = given[0] if event == "socket.getaddrinfo" else None
    if event == "socket.connect" and isinstance(given[1], tuple):
        name = given[1][0]
    if name not in HERE:
        os.write(2, f"reached for {name!r}".encode())
        os._exit(97)  # from any thread
sys.addaudithook(watch)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the library of the bundled corpus lives."""
    home = tmp_path_factory.mktemp("home")
    done = watched(home, "ingest", "corpus/magnesium", "--name", "magnesium", "--json")
    summary = json.loads(done.stdout)
    assert (summary["documents"], summary["refused"]) == (14, [])
    return home


def environment(home: Path) -> dict[str, str]:
    """Of a command whose every process is watched."""
    watch = home / "watch"
    watch.mkdir(exist_ok=True)
    (watch / "sitecustomize.py").write_text(WATCH)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    return {**kept, "CAVEAT_HOME": str(home), "PYTHONPATH": str(watch)}


def watched(
    home: Path, *command: str, typed: str = "", code: int = 0
) -> subprocess.CompletedProcess[str]:
    """A command's output; fails if it ends with another code or reaches for another machine."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=environment(home),
        input=typed,
        text=True,
        timeout=300,
    )
    assert done.returncode == code, done.stderr
    return done


def test_the_watch_sees_a_look_up_from_any_thread_of_any_process(tmp_path: Path) -> None:
    (tmp_path / "caller.py").write_text(
        "import multiprocessing, socket, sys, threading\n"
        "def call():\n"
        "    thread = threading.Thread(target=socket.getaddrinfo, args=('example.invalid', 80))\n"
        "    thread.start(), thread.join()\n"
        "if __name__ == '__main__':\n"
        "    process = multiprocessing.get_context('spawn').Process(target=call)\n"
        "    process.start(), process.join()\n"
        "    sys.exit(process.exitcode)\n"
    )
    command, given = [sys.executable, "caller.py"], environment(tmp_path)
    done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env=given)
    assert (done.returncode, done.stderr) == (97, b"reached for 'example.invalid'")


@pytest.fixture(scope="module")
def answers(place: Path) -> dict[str, dict[str, Any]]:
    typed = "\n".join([*ANSWERED, *NOT_FOUND, SECRET])
    done = watched(place, "chat", "--batch", "-", "--json", typed=typed)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["question"] for answer in found] == typed.splitlines()
    return {answer["question"]: answer for answer in found}


def test_a_broken_line_of_a_batch_is_told_and_the_others_are_answered(
    place: Path, tmp_path: Path
) -> None:
    asked = next(iter(ANSWERED))
    lines = [
        json.dumps({"id": 1, "question": asked}),
        '{"question": "What is Epsom salt?"',
        '{"id": 3, "ask": "What is Epsom salt?"}',
        json.dumps({"id": 4, "question": "word " * 3_000}),
        json.dumps({"id": 5, "question": asked, "history": "earlier"}),
        asked,
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    done = watched(place, "chat", "--batch", str(file), "--json", code=1)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["status"] for each in found] == ["answered", *["error"] * 4, "answered"]
    assert [each.get("id") for each in found] == [1, None, 3, 4, 5, None]
    told = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    for number, line, part in zip(
        (2, 3, 4, 5), told, ("not JSON", "no question", "shorten it", "history"), strict=True
    ):
        assert f"line {number} of {file}: " in line
        assert part in line


@pytest.mark.parametrize("question", ANSWERED)
def test_what_the_documents_say_is_answered(answers: dict[str, Any], question: str) -> None:
    answer = answers[question]
    assert answer["status"] == "answered"
    assert any(ANSWERED[question] in statement["text"] for statement in answer["statements"])
    assert sum(len(statement["text"].split()) for statement in answer["statements"]) <= 120


@pytest.mark.parametrize("question", NOT_FOUND)
def test_what_they_do_not_say_is_not_found(answers: dict[str, Any], question: str) -> None:
    assert answers[question]["status"] == "not_found"
    assert answers[question]["statements"] == []


def test_every_quote_is_the_stored_text_and_every_answer_has_its_caveat(
    place: Path, answers: dict[str, Any]
) -> None:
    release = open_library("magnesium", place).current()
    texts = {document.path: document.text for document in release.documents()}
    quotes = 0
    for answer in answers.values():
        assert "not medical advice" in answer["caveat"]
        paths = {source["number"]: source["document"] for source in answer["sources"]}
        for citation in [c for s in answer["statements"] for c in s["citations"]]:
            text = texts[paths[citation["source"]]]
            assert text[citation["start"] : citation["end"]] == citation["quote"]
            quotes += 1
    release.close()
    assert quotes >= len(ANSWERED)


def test_nothing_that_was_asked_is_stored(place: Path, answers: dict[str, Any]) -> None:
    assert any(path.is_file() for path in place.rglob("*"))
    assert not [path for path in place.rglob("*") if SECRET.encode() in bytes_of(path)]


def bytes_of(path: Path) -> bytes:
    """What a file holds; nothing for a folder, or for a file that its owner has just removed."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return b""


def test_the_page_answers_stores_nothing_and_stops_when_told(place: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-m", "chat", "--name", "magnesium", "--port", "0"]
    with log.open("w") as file:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment(place), stdout=file, stderr=subprocess.STDOUT
        )
        try:
            url = _address(log, server)
            ask = f"{url}/chat/gradio_api/call/ask"
            event = httpx.post(ask, json={"data": [SECRET, "[]", "", ""]}).json()["event_id"]
            shown = httpx.get(f"{ask}/{event}", timeout=60).text
            assert "not medical advice" in shown
            event = httpx.post(ask, json={"data": [SECRET]}).json()["event_id"]
            assert "event: error" in httpx.get(f"{ask}/{event}", timeout=60).text
        finally:
            server.terminate()
        assert server.wait(20) == 0
    assert SECRET not in log.read_text()
    assert not [path for path in place.rglob("*") if SECRET.encode() in bytes_of(path)]


def _address(log: Path, server: subprocess.Popen[bytes]) -> str:
    for _ in range(600):
        words = log.read_text().split()
        found = [word for word in words if word.startswith("http://")]
        if found:
            return found[0]
        assert server.poll() is None, log.read_text()
        time.sleep(0.2)
    raise AssertionError(log.read_text())
