"""What happens to releases after they are made: damage, rollback, forgetting."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ingest.__main__ import main
from ingest.build import build
from ingest.errors import UserError
from ingest.library import Library, open_library
from ingest.maintain import diff, forget, roll_back, verify
from ingest.vectors import HEADER, LENGTH, VectorFolder, write_vectors
from tests.fakes import WordEmbedder

Make = Callable[..., Library]
SECRET = "Zanzibarine is a word that must not survive."
TEA = "# Tea\n\nTea is warm. Tea is wet."


@pytest.fixture
def library(make: Make) -> Library:
    """Release 1 holds tea and a secret, release 2 also coffee."""
    make({"a.md": TEA, "secret.md": f"# Secret\n\n{SECRET}"})
    return make(
        {"a.md": TEA, "secret.md": f"# Secret\n\n{SECRET}", "c.md": "# Coffee\n\nCoffee is hot."}
    )


def test_a_diff_names_what_was_added(library: Library) -> None:
    assert diff(library, 1, 2).added == ("c.md",)
    assert diff(library, 2, 1).removed == ("c.md",)


def test_a_rollback_makes_an_earlier_release_current(library: Library) -> None:
    roll_back(library, 1)
    release = library.current()
    assert (release.number, release.document_count) == (1, 2)
    release.close()


def test_a_rollback_to_a_release_that_is_not_there_names_those_that_are(library: Library) -> None:
    with pytest.raises(UserError, match="it has: 1, 2"):
        roll_back(library, 9)


def test_every_release_verifies(library: Library) -> None:
    assert verify(library) == {1: None, 2: None}


@pytest.mark.parametrize("name", ["data_level0.bin", "header.bin", "length.bin", "words.sqlite"])
def test_a_flipped_byte_is_found_before_use_and_the_last_good_release_answers(
    library: Library, name: str
) -> None:
    path = next((library.folder / "releases" / "0002").rglob(name))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert name in (library.damage(2) or "")
    release = library.current()
    assert (release.number, release.fallback_from) == (1, 2)
    release.close()


def test_a_missing_file_is_found_before_use(library: Library) -> None:
    next((library.folder / "releases" / "0002").rglob("data_level0.bin")).unlink()
    assert "missing" in (library.damage(2) or "")


def test_a_vector_taken_out_of_the_index_is_found_before_use(library: Library) -> None:
    path = library.folder / "releases" / "0002" / "vectors" / "chroma.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM embeddings WHERE rowid = 1")
    connection.close()
    assert "has changed" in (library.damage(2) or "")


def test_text_changed_in_the_store_is_found_before_use(library: Library) -> None:
    with library.store.writing() as connection:
        connection.execute("UPDATE documents SET text = replace(text, 'hot', 'not')")
    assert "c.md has changed" in (library.damage(2) or "")
    assert library.damage(1) is None


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE documents SET text = replace(text, 'hot', 'not')",
        "DELETE FROM documents WHERE text LIKE '%hot%'",
        "UPDATE embeddings SET vector = zeroblob(length(vector))",
        "DELETE FROM embeddings",
    ],
)
def test_what_is_damaged_in_the_store_is_found_before_use_and_the_next_ingest_mends_it(
    library: Library, make: Make, damage: str
) -> None:
    with library.store.writing() as connection:
        connection.execute(damage)
    assert library.damage(2) is not None
    make({"a.md": TEA, "secret.md": f"# Secret\n\n{SECRET}", "c.md": "# Coffee\n\nCoffee is hot."})
    assert set(verify(library).values()) == {None}
    release = library.current()
    assert release.fallback_from is None
    assert "hot" in release.documents()[1].text
    release.close()


def test_a_damaged_release_is_made_anew_and_the_summary_says_why(
    library: Library, embedder: WordEmbedder, tmp_path: Path
) -> None:
    next((library.folder / "releases" / "0002").rglob("words.sqlite")).unlink()
    summary = build(tmp_path / "corpus", library, embedder)
    assert (summary.release, summary.embedded) == (3, 0)
    assert summary.why == "release 2 is damaged (words.sqlite is missing)"
    assert "made anew: " + summary.why in summary.lines()


def test_when_every_release_is_damaged_one_line_says_what_to_do(library: Library) -> None:
    for path in (library.folder / "releases").rglob("words.sqlite"):
        path.unlink()
    with pytest.raises(UserError, match="python -m ingest --name test"):
        library.current()


def test_no_byte_of_a_forgotten_document_remains(library: Library) -> None:
    assert forget(library, "secret.md") == 2
    assert verify(library) == {1: None, 2: None}
    library.store.close()
    for path in library.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            assert b"zanzibar" not in content, path
            assert b"secret" not in content, path


def test_forgetting_waits_for_a_damaged_current_release_and_takes_damaged_older_ones_whole(
    library: Library, make: Make
) -> None:
    with library.store.writing() as connection:
        connection.execute("UPDATE documents SET text = replace(text, 'hot', 'not')")
    with pytest.raises(UserError, match="run `python -m ingest --name test` first"):
        forget(library, "secret.md")
    make({"a.md": TEA, "secret.md": f"# Secret\n\n{SECRET}"})
    assert library.damage(2) is not None
    assert forget(library, "secret.md") == 3
    assert verify(library) == {1: None, 3: None}


def test_a_store_that_is_no_database_any_more_is_one_line(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    library.store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    library.store.close()
    path = library.folder / "library.sqlite"
    content = bytearray(path.read_bytes())
    for place in range(4096, len(content), 4096):
        content[place : place + 100] = b"\xff" * 100
    path.write_bytes(content)
    for words in (["--list"], ["--verify"], ["--forget", "a.md"], []):
        assert main(["--name", "test", *words]) == 1
        text = capsys.readouterr().err
        assert text.startswith("error: library 'test' cannot be read")
        assert text.count("\n") == 1


def test_forgetting_what_is_not_there_names_what_is_alike(library: Library) -> None:
    with pytest.raises(UserError, match=r"'/somewhere/secrets\.md': did you mean 'secret\.md'\?"):
        forget(library, "/somewhere/secrets.md")


def test_a_chat_that_has_a_release_open_sees_the_forgetting_at_the_next_question(
    library: Library, tmp_path: Path
) -> None:
    before = library.state
    forget(library, "secret.md")
    assert library.state != before


def test_a_library_of_an_older_version_is_brought_up_when_it_is_opened(
    library: Library, tmp_path: Path
) -> None:
    with sqlite3.connect(library.folder / "library.sqlite") as older:
        older.execute("UPDATE embeddings SET vector = substr(vector, 1, length(vector) - 4)")
        older.execute("UPDATE releases SET settings = json_remove(settings, '$.folder')")
        older.execute("INSERT INTO facts VALUES ('folder', ?)", (json.dumps(str(tmp_path)),))
        older.execute("PRAGMA user_version = 0")
    older.close()
    opened = open_library("test")
    assert verify(opened) == {1: None, 2: None}
    assert opened.made_with["folder"] == str(tmp_path)
    with sqlite3.connect(library.folder / "library.sqlite") as newer:
        newer.execute("UPDATE embeddings SET vector = substr(vector, 1, length(vector) - 4)")
    newer.close()
    assert None not in verify(open_library("test")).values()


def test_room_for_more_vectors_holds_nothing_that_the_program_read(tmp_path: Path) -> None:
    write_vectors(tmp_path / "vectors", ["a", "b", "c"], np.eye(3, 8, dtype=np.float32))
    (header,) = tmp_path.rglob("header.bin")
    *_, count, size = HEADER.unpack_from(header.read_bytes())
    assert count == 3
    for name, each in (("data_level0.bin", size), ("length.bin", LENGTH)):
        content = (header.parent / name).read_bytes()
        assert any(content[: count * each])
        assert not any(content[count * each :])


def test_an_index_of_one_vector_that_was_opened_stores_no_memory(tmp_path: Path) -> None:
    write_vectors(tmp_path / "vectors", ["a"], np.full((1, 4), 0.5, np.float32))
    opened = VectorFolder(tmp_path / "vectors")
    assert opened.nearest(np.full(4, 0.5, np.float32), 1) == [("a", 1.0)]
    opened.close()
    (stored,) = (tmp_path / "vectors").rglob("data_level0.bin")
    assert not stored.read_bytes().strip(b"\0")
