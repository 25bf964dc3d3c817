"""Files that nobody vouches for: whatever they do, one plain reason, and the good ones go in."""

import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.document import ReadFile
from ingest.read import READERS, TABLES, read_file, reader
from ingest.read.limits import Limits
from ingest.read.sandbox import _Workers, list_files, read_safely
from tests.read_files import page_of, write_bomb, write_docx, write_epub, write_pdf

GOOD = "Cramps in the leg are common and usually harmless."
KINDS = (".txt", ".md", ".html", ".pdf", ".docx", ".epub", ".csv", ".jsonl")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.txt"
    path.write_text(GOOD)
    return path


def one_of_each(folder: Path) -> list[Path]:
    """A small good file of each kind."""
    folder.mkdir(exist_ok=True)
    write_pdf(folder / "a.pdf", [page_of([GOOD, "They pass within minutes."])])
    write_docx(folder / "a.docx")
    write_epub(folder / "a.epub", [("One", f"<p>{GOOD}</p>")])
    (folder / "a.txt").write_text(GOOD)
    (folder / "a.md").write_text(f"---\ntitle: A\n---\n# B\n\n{GOOD}\n\n- c\n")
    (folder / "a.html").write_text(f"<html><body><main><h1>A</h1><p>{GOOD}</p></main></body>")
    (folder / "a.csv").write_text(f"title,text\nA,{GOOD}\n")
    (folder / "a.jsonl").write_text(f'{{"text": "{GOOD}"}}\n')
    return [folder / f"a{kind}" for kind in KINDS]


@pytest.mark.parametrize("suffix", [*READERS, *TABLES])
def test_each_format_names_a_function_that_reads_it(suffix: str) -> None:
    assert reader(suffix).__name__.startswith("read_")


def test_the_sandbox_reads_what_the_reader_reads(tmp_path: Path) -> None:
    paths = one_of_each(tmp_path / "files")
    assert list(read_safely(paths)) == [(path, read_file(path)) for path in paths]


def test_results_come_in_the_order_of_the_files(tmp_path: Path, good: Path) -> None:
    slow = tmp_path / "slow.html"
    slow.write_text("<html><body><p>Text.</p>" + "<div>" * 50_000)
    paths = [slow, *[good] * 20]
    assert [path for path, _ in read_safely(paths, workers=2)] == paths


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path, good: Path) -> None:
    slow = tmp_path / "slow.html"
    slow.write_text("<html><body><p>Text.</p>" + "<table><tr><td>" * 3_000)
    start = time.monotonic()
    results = dict(read_safely([slow, good], limits=Limits(seconds=0.5)))
    assert results[slow] == "took longer than 0.5 s to read"
    assert isinstance(results[good], ReadFile)
    assert time.monotonic() - start < 10


def test_a_file_that_needs_too_much_memory_is_given_up(tmp_path: Path, good: Path) -> None:
    big = tmp_path / "big.txt"
    big.write_text("Cramps come at night.\n\n" * 200_000)
    results = dict(read_safely([big, good], limits=Limits(memory=100_000_000)))
    assert results[big] == "needs more than 0.1 GB of memory"
    assert isinstance(results[good], ReadFile)


def test_text_and_files_beyond_the_limits_are_refused(tmp_path: Path, good: Path) -> None:
    (long := tmp_path / "long.txt").write_text("Cramps come at night. " * 300)
    assert dict(read_safely([long], limits=Limits(text=5_000))) == {
        long: "holds more than 0.005 million characters of text"
    }
    (large := tmp_path / "large.txt").write_bytes(b"a" * 2_000_001)
    results = dict(read_safely([large, good], limits=Limits(file=2_000_000)))
    assert results[large] == "is larger than 2 MB"
    assert isinstance(results[good], ReadFile)


def test_a_flood_of_output_is_cut_off(tmp_path: Path) -> None:
    table = tmp_path / "a.jsonl"
    table.write_text('{"text": "Cramps come at night."}\n' * 5_000)
    assert dict(read_safely([table], limits=Limits(output=100_000))) == {
        table: "gives more than 0.1 MB of text"
    }


def test_a_zip_bomb_costs_no_time(tmp_path: Path) -> None:
    bomb = write_bomb(tmp_path / "a.docx", megabytes=120)
    start = time.monotonic()
    assert dict(read_safely([bomb])) == {bomb: "unpacks to 121 MB, which looks like a zip bomb"}
    assert time.monotonic() - start < 5


def test_a_worker_killed_from_outside_costs_one_file(good: Path) -> None:
    with _Workers(1, None, Limits()) as pool:
        assert isinstance(pool.submit(good).result(), ReadFile)
        (worker,) = pool.running
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        assert isinstance(pool.submit(good).result(), str)
        assert isinstance(pool.submit(good).result(), ReadFile)


def test_giving_up_halfway_leaves_no_process(good: Path) -> None:
    reading = read_safely([good] * 50)
    next(reading)
    assert isinstance(reading, Iterator)
    reading.close()  # type: ignore[attr-defined]
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if children.exists():
        names = [Path(f"/proc/{child}/cmdline") for child in children.read_text().split()]
        assert not any("ingest.read.worker" in name.read_text() for name in names)


def test_a_folder_is_listed_in_order_and_hidden_files_are_left_aside(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    for name in ("b.txt", "sub/a.md", ".git/x.txt", ".DS_Store", "SOURCES.toml", "~$c.docx"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(GOOD)
    assert list_files(folder) == ([folder / "b.txt", folder / "sub" / "a.md"], [])


def test_links_devices_archives_models_and_odd_names_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    (folder / "link.txt").symlink_to("/etc/hostname")
    (folder / "loop").symlink_to(folder)
    (folder / "a\nb.txt").write_text(GOOD)
    (folder / "c\\d.txt").write_text(GOOD)
    os.mkfifo(folder / "pipe.txt")
    (folder / "e\tf").mkdir()
    (folder / "e\tf" / "x.txt").write_text(GOOD)
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(folder)  # the name of a socket must be short
        server.bind("socket.txt")
    for name in ("m.safetensors", "m.pkl", "z.zip", "z.tar.gz", "a.xyz", "noname"):
        (folder / name).write_bytes(b"x")
    files, refused = list_files(folder)
    assert files == [folder / "good.txt"]
    reasons = {path.name: reason for path, reason in refused}
    assert "symbolic link" in reasons["link.txt"]
    assert "symbolic link" in reasons["loop"]
    assert "no ordinary file" in reasons["pipe.txt"]
    assert "no ordinary file" in reasons["socket.txt"]
    assert all("rename it" in reasons[name] for name in ("a\nb.txt", "c\\d.txt", "e\tf"))
    assert all("model or pickle" in reasons[name] for name in ("m.safetensors", "m.pkl"))
    assert all("archive" in reasons[name] for name in ("z.zip", "z.tar.gz"))
    assert all(".pdf" in reasons[name] for name in ("a.xyz", "noname"))


def test_what_is_no_ordinary_file_is_not_opened_even_when_asked_for(tmp_path: Path) -> None:
    link, pipe, empty = tmp_path / "l.txt", tmp_path / "p.txt", tmp_path / "e.txt"
    link.symlink_to("/etc/hostname")
    os.mkfifo(pipe)
    empty.touch()
    gone = tmp_path / "gone.txt"
    results = dict(read_safely([link, pipe, empty, gone, tmp_path]))
    assert results == {
        link: "is a symbolic link: put the file itself there",
        pipe: "is no ordinary file: a folder, device, pipe or socket",
        empty: "is empty",
        gone: "cannot be opened: No such file or directory",
        tmp_path: "is no ordinary file: a folder, device, pipe or socket",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, kind: str) -> None:
    path = next(each for each in one_of_each(tmp_path / "files") if each.suffix == kind)
    path.chmod(0)
    assert dict(read_safely([path])) == {path: "cannot be opened: Permission denied"}


def malformed(folder: Path, count: int) -> list[Path]:
    """Good files with bytes cut off, flipped, doubled or exchanged, and kinds mixed up."""
    seeds = [(path.suffix, path.read_bytes()) for path in one_of_each(folder / "seeds")]
    chance = random.Random(20240501)
    paths = []
    for number in range(count):
        kind, content = chance.choice(seeds)
        broken = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(broken) + 1)
            broken[place : place + chance.randint(0, 30)] = chance.randbytes(chance.randint(0, 30))
        if chance.random() < 0.3:
            broken = broken[: chance.randrange(len(broken) + 1)]
        suffix = chance.choice(KINDS) if chance.random() < 0.2 else kind
        path = folder / f"{number:05}{suffix}"
        path.write_bytes(broken)
        paths.append(path)
    return paths


def check_malformed(folder: Path, count: int) -> None:
    paths = malformed(folder, count)
    good = one_of_each(folder / "good")
    results = dict(read_safely([*paths, *good], limits=Limits(seconds=20)))
    assert len(results) == len(paths) + len(good)
    reasons = [result for result in results.values() if isinstance(result, str)]
    assert all(reason and "\n" not in reason and len(reason) < 300 for reason in reasons)
    assert 0.2 < len(reasons) / len(paths) < 0.95
    assert not any("crash" in reason or "longer" in reason for reason in reasons)
    for path in good:
        assert not isinstance(results[path], str)


def test_malformed_files_end_with_text_or_one_plain_reason(tmp_path: Path) -> None:
    check_malformed(tmp_path, 250)


@pytest.mark.promises
def test_ten_thousand_malformed_files_end_with_text_or_one_plain_reason(tmp_path: Path) -> None:
    check_malformed(tmp_path, 10_000)
