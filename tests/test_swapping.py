"""A chat goes on answering while its sources are swapped in another process."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chat.answer import Answer
from chat.pipeline import Chat
from chat.settings import read_settings
from ingest.build import build
from ingest.errors import UserError
from ingest.library import Library
from ingest.maintain import forget, verify
from tests.conftest import Folder
from tests.fakes import WordEmbedder
from tests.faults import places_of

Make = Callable[..., Library]
QUESTION = "Why does zanzibarine help cramps?"
SECRET = "# Zanzibarine\n\nZanzibarine helps cramps because it relaxes the muscle."
TEA = "# Tea\n\nTea helps cramps because it relaxes the muscle a little."
REPEAT = """
import sys
from pathlib import Path
from ingest.build import build
from ingest.library import open_library
from ingest.maintain import forget
from tests.fakes import WordEmbedder
folder, library = Path(sys.argv[1]), open_library("test")
for turn in range(int(sys.argv[2])):
    (folder / "tea.md").write_text(f"# Tea\\n\\nTea helps cramps in {turn} minutes.")
    build(folder, library, WordEmbedder())
(folder / "secret.md").unlink()
forget(library, "secret.md")
build(folder, library, WordEmbedder())
"""


@contextmanager
def swapping(folder: Path, turns: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process that ingests again and again, then forgets the secret."""
    process = subprocess.Popen([sys.executable, "-c", REPEAT, str(folder), str(turns)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def cited(answer: Answer) -> set[str]:
    return {source.document for source in answer.sources}


def check_while_swapping(library: Library, folder: Path, turns: int) -> None:
    releases, asked = set(), 0
    with (
        Chat(library, read_settings(), WordEmbedder()) as chat,
        swapping(folder, turns) as process,
    ):
        while process.poll() is None:
            here = "secret.md" in {entry.path for entry in library.entries(_current(library))}
            answer = chat.ask(QUESTION)
            asked += 1
            releases.add(answer.release)
            assert answer.status != "error"
            assert here or "secret.md" not in cited(answer)
        assert process.wait() == 0
        last = chat.ask(QUESTION)
        assert "secret.md" not in cited(last)
        assert not any("zanzibarine" in each.text.lower() for each in last.statements)
    assert asked > turns
    assert len(releases) > 1


def _current(library: Library) -> int:
    number = library.current_number
    assert number is not None
    return number


def test_a_chat_answers_while_sources_are_swapped_and_forgotten(make: Make, write: Folder) -> None:
    library = make({"secret.md": SECRET, "tea.md": TEA})
    check_while_swapping(library, write({"secret.md": SECRET, "tea.md": TEA}), 4)


@pytest.mark.promises
def test_a_chat_answers_through_many_swaps(make: Make, write: Folder) -> None:
    library = make({"secret.md": SECRET, "tea.md": TEA})
    check_while_swapping(library, write({"secret.md": SECRET, "tea.md": TEA}), 60)


def test_nothing_of_a_forgotten_document_stays_while_a_chat_has_it_open(make: Make) -> None:
    library = make({"secret.md": SECRET, "tea.md": TEA})
    with Chat(library, read_settings(), WordEmbedder()) as chat:
        assert "secret.md" in cited(chat.ask(QUESTION))
        forget(library, "secret.md")
        assert places_of("zanzibarine", library.folder) == []
        assert places_of("secret", library.folder) == []
        assert "secret.md" not in cited(chat.ask(QUESTION))
        assert verify(library) == {1: None}


def test_a_damaged_release_gives_way_to_the_last_good_one_and_the_answer_says_so(
    make: Make,
) -> None:
    make({"tea.md": TEA})
    library = make({"tea.md": TEA, "secret.md": SECRET})
    next((library.folder / "releases" / "0002").rglob("data_level0.bin")).unlink()
    with Chat(library, read_settings(), WordEmbedder()) as chat:
        answer = chat.ask(QUESTION)
    assert answer.release == 1
    assert "library" in [notice.kind for notice in answer.notices]


def test_a_second_ingest_in_another_process_is_refused_with_one_line(
    make: Make, write: Folder
) -> None:
    library = make({"tea.md": TEA})
    holder = "import sys, time; from ingest.library import open_library\n"
    holder += "with open_library('test').writing(): print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(UserError, match=r"^another process is writing library 'test'"):
            build(write({"tea.md": SECRET}), library, WordEmbedder())
        process.kill()
    assert build(write({"tea.md": SECRET}), library, WordEmbedder()).published
