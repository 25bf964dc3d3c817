"""What an ingest makes of a folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.build import Options, build
from ingest.errors import UserError
from ingest.library import Library, create_library, open_library
from ingest.split import Split
from tests.conftest import Folder
from tests.fakes import WordEmbedder

CRAMPS = "# Cramps\n\nCramps are short. They pass by themselves.\n\n## Care\n\nStretch the muscle."
TEA = "---\ntitle: Tea\nkind: institution\npublished: 2020-01\n---\n\nTea is warm. Tea is wet."

Make = Callable[..., Library]


def test_every_passage_is_the_text_at_its_offsets_and_stays_in_its_section(make: Make) -> None:
    release = make({"a.md": CRAMPS, "b.md": TEA}).current()
    for document in release.documents():
        for passage in release.document_passages(document.id):
            assert passage.text == document.text[passage.start : passage.end]
            assert passage.headings == document.headings_at(passage.end - 1)
    release.close()


def test_ingesting_an_unchanged_folder_embeds_nothing_and_makes_no_release(
    make: Make, write: Folder, embedder: WordEmbedder
) -> None:
    library = make({"a.md": CRAMPS})
    embedder.embedded.clear()
    summary = build(write({"a.md": CRAMPS}), library, embedder)
    assert summary.unchanged
    assert embedder.embedded == []
    assert library.current_number == 1


def test_a_changed_file_replaces_itself_and_only_it_is_embedded(
    make: Make, write: Folder, embedder: WordEmbedder
) -> None:
    library = make({"a.md": CRAMPS, "b.md": TEA})
    embedder.embedded.clear()
    summary = build(write({"a.md": CRAMPS, "b.md": TEA + " Tea is old."}), library, embedder)
    assert summary.diff.changed == ("b.md",)
    assert summary.embedded == 1
    assert embedder.embedded[1:] == ["Tea is warm. Tea is wet. Tea is old."]  # after a probe
    release = library.current()
    assert [document.path for document in release.documents()] == ["a.md", "b.md"]
    assert "old" in release.documents()[1].text
    release.close()


def test_a_renamed_file_is_a_rename_and_embeds_nothing(
    make: Make, write: Folder, embedder: WordEmbedder
) -> None:
    library = make({"a.md": CRAMPS, "b.md": TEA})
    embedder.embedded.clear()
    summary = build(write({"a.md": CRAMPS, "c.md": TEA}), library, embedder)
    assert summary.diff.renamed == (("b.md", "c.md"),)
    assert embedder.embedded == []


def test_the_same_content_under_two_names_is_one_document_with_two_paths(
    write: Folder, embedder: WordEmbedder
) -> None:
    library = create_library("test")
    summary = build(write({"a.md": TEA, "b.md": TEA}), library, embedder)
    assert summary.documents == 1
    assert summary.same == (("a.md", "b.md"),)
    assert {entry.path for entry in library.entries(1)} == {"a.md", "b.md"}


def test_a_removed_file_is_gone_from_the_next_release(make: Make) -> None:
    make({"a.md": CRAMPS, "b.md": TEA})
    release = make({"a.md": CRAMPS}).current()
    assert [document.path for document in release.documents()] == ["a.md"]
    assert release.lexical(["tea"], 5) == []
    release.close()


def test_one_bad_file_is_listed_with_a_reason_and_the_others_go_in(
    write: Folder, embedder: WordEmbedder
) -> None:
    folder = write({"a.md": CRAMPS, "bad.txt": "", "data.bin": "x"})
    summary = build(folder, create_library("test"), embedder)
    assert summary.documents == 1
    assert {path for path, _ in summary.refused} == {"bad.txt", "data.bin"}
    assert all(reason and "\n" not in reason for _, reason in summary.refused)


def test_a_bad_file_that_has_not_changed_is_not_read_again(
    write: Folder, embedder: WordEmbedder, tmp_path: Path
) -> None:
    library = create_library("test")
    files = {"a.md": CRAMPS, "bad.docx": "no Word file"}
    first = build(write(files), library, embedder)
    again = build(write(files), library, embedder)
    assert again.unchanged
    assert first.refused == again.refused
    assert "read" not in again.seconds
    good = build(write({"a.md": CRAMPS, "bad.docx": "no Word file either"}), library, embedder)
    assert "read" in good.seconds


def test_the_sidecar_says_what_the_file_leaves_open(make: Make) -> None:
    sidecar = '["a.md"]\npublisher = "A shop"\nkind = "seller"\ninterest = "sells cream"\n'
    release = make({"a.md": CRAMPS, "SOURCES.toml": sidecar}).current()
    about = release.documents()[0].about
    assert (about.title, about.publisher, about.kind) == ("Cramps", "A shop", "seller")
    assert about.published is None
    release.close()


def test_a_wrong_kind_in_the_sidecar_is_an_error_that_names_the_kinds(
    write: Folder, embedder: WordEmbedder
) -> None:
    folder = write({"a.md": CRAMPS, "SOURCES.toml": '["a.md"]\nkind = "shop"\n'})
    with pytest.raises(UserError, match="seller, institution"):
        build(folder, create_library("test"), embedder)


def test_an_empty_folder_is_an_error_and_leaves_the_library_as_it_was(
    make: Make, write: Folder, embedder: WordEmbedder
) -> None:
    library = make({"a.md": CRAMPS})
    with pytest.raises(UserError, match="no files"):
        build(write({}), library, embedder)
    assert library.current_number == 1


def test_another_passage_size_makes_a_new_release_beside_the_old_one(make: Make) -> None:
    library = make({"a.md": "One two three four five. " * 60})
    make({"a.md": "One two three four five. " * 60}, Options(Split(300)))
    first, second = library.open_release(1), library.open_release(2)
    assert second.passage_count > first.passage_count
    assert first.settings != second.settings
    for release in (first, second):
        identity = release.documents()[0].id
        assert len(release.document_passages(identity)) == release.passage_count
        release.close()


def test_bytes_that_change_no_document_make_no_release(
    make: Make, write: Folder, embedder: WordEmbedder
) -> None:
    library = make({"a.md": CRAMPS})
    assert build(write({"a.md": CRAMPS + "\n\n"}), library, embedder).unchanged
    assert "read" not in build(write({"a.md": CRAMPS + "\n\n"}), library, embedder).seconds


def test_another_text_column_reads_tables_anew_and_nothing_else(
    make: Make, write: Folder, embedder: WordEmbedder
) -> None:
    table = {"t.csv": "words,more\nTea is hot.,no\n", "u.csv": "id,notes\n1,Tea is cold.\n"}
    files = {"a.md": CRAMPS, **table}
    library = make(files, Options(column="words"))
    assert [entry.path for entry in library.entries(1)] == ["a.md", "t.csv#1"]
    embedder.embedded.clear()
    build(write(files), library, embedder, Options(column="words,notes"))
    assert [entry.path for entry in library.entries(2)] == ["a.md", "t.csv#1", "u.csv#1"]
    assert embedder.embedded[1:] == ["Tea is cold."]  # after a probe


def test_what_the_sidecar_tells_of_but_is_not_there_is_named(
    write: Folder, embedder: WordEmbedder
) -> None:
    sidecar = '["a.md"]\nkind = "seller"\n["aa.md"]\nkind = "seller"\n'
    summary = build(
        write({"a.md": CRAMPS, "SOURCES.toml": sidecar}), create_library("test"), embedder
    )
    assert summary.astray == ("aa.md",)
    assert "in SOURCES.toml, but no file of that name: 1" in summary.lines()


def test_a_dry_run_writes_nothing(write: Folder, embedder: WordEmbedder) -> None:
    library = create_library("test")
    summary = build(write({"a.md": CRAMPS}), library, embedder, Options(dry=True))
    assert summary.release is None
    assert summary.diff.added == ("a.md",)
    assert (summary.undated, summary.unknown) == (1, 1)
    assert embedder.embedded == []
    assert library.current_number is None


def test_a_library_that_does_not_exist_is_an_error_that_names_those_that_do(make: Make) -> None:
    make({"a.md": CRAMPS})
    with pytest.raises(UserError, match="there are: test"):
        open_library("other")


def test_a_second_writer_is_refused_with_one_line(
    make: Make, write: Folder, embedder: WordEmbedder
) -> None:
    library = make({"a.md": CRAMPS})
    with library.writing(), pytest.raises(UserError, match="another process"):
        build(write({"a.md": TEA}), library, embedder)


def test_dense_and_lexical_search_find_the_passage(make: Make, embedder: WordEmbedder) -> None:
    release = make({"a.md": CRAMPS, "b.md": TEA}).current()
    tea = release.lexical(["tea"], 5)[0][0]
    assert release.dense(embedder.encode_queries(["Tea is warm. Tea is wet."])[0], 2)[0][0] == tea
    assert release.frequencies(["teas", "cramp"]) == {"teas": 1, "cramp": 2}
    assert release.passages([tea])[0].text.startswith("Tea")
    release.close()


def test_texts_made_from_one_template_are_all_found(make: Make, embedder: WordEmbedder) -> None:
    release = make({f"{n:03}.md": f"# Note {n}\n\nText {n}." for n in range(400)}).current()
    texts = list(dict.fromkeys(embedder.embedded))
    best = [release.dense(vector, 1)[0][1] for vector in embedder.encode_queries(texts)]
    assert min(best) > 0.999
    release.close()


def test_old_releases_beyond_the_kept_ones_are_dropped(make: Make, tmp_path: Path) -> None:
    for number in range(7):
        library = make({"a.md": f"# A\n\nNumber {number} is here."})
    assert [row.number for row in library.store.releases()] == [3, 4, 5, 6, 7]
    assert len(list((library.folder / "releases").iterdir())) == 5
