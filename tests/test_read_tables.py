"""CSV and JSON lines: each row a document of its own."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import ReadFile
from ingest.errors import UserError
from ingest.read import read_file


def rows(folder: Path, name: str, content: str, column: str | None = None) -> list[ReadFile]:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    result = read_file(path, column)
    assert isinstance(result, list)
    return result


def test_each_row_is_a_document_with_what_its_columns_say(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        "a.csv",
        'title,text,url\nCramp,"It hurts, mostly at night.",https://example.org/1\nSleep,Rest.,\n',
    )
    assert [row.text for row in found] == ["It hurts, mostly at night.", "Rest."]
    assert found[0].about.title == "Cramp"
    assert found[0].about.url == "https://example.org/1"


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_other_marks_between_cells_are_told_by_the_first_line(tmp_path: Path, mark: str) -> None:
    found = rows(tmp_path, "a.csv", f"title{mark}abstract\nA, b{mark}Text, with commas, here.\n")
    assert found[0].text == "Text, with commas, here."


def test_several_columns_are_one_text_and_a_question_is_the_title_of_its_answer(
    tmp_path: Path,
) -> None:
    table = "Question,Answer,Source\nIs it catching?,Yes.,A hospital\n"
    assert rows(tmp_path, "a.csv", table, "Question,Answer")[0].text == "Is it catching?\n\nYes."
    (known,) = rows(tmp_path, "b.csv", table)
    assert (known.about.title, known.text) == ("Is it catching?", "Yes.")
    assert known.about.publisher == "A hospital"


def test_a_column_can_be_named_and_a_missing_one_lists_what_there_is(tmp_path: Path) -> None:
    content = '{"q": "Why?", "reply": "Because."}\n'
    assert rows(tmp_path, "a.jsonl", content, "reply")[0].text == "Because."
    with pytest.raises(UserError, match="it has q, reply"):
        rows(tmp_path, "a.jsonl", content)
    with pytest.raises(UserError, match="no column 'answer'"):
        rows(tmp_path, "a.jsonl", content, "answer")


def test_rows_keep_their_numbers_when_one_has_no_text(tmp_path: Path) -> None:
    found = rows(tmp_path, "a.jsonl", '{"text": "One"}\n{"text": ""}\n{"text": "Three"}\n')
    assert [row.text for row in found] == ["One", "", "Three"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.jsonl", '{"text": "a"}\n{broken\n', "line 2 is not valid JSON"),
        ("b.jsonl", "[1, 2]\n", "line 1 is no object"),
        ("c.csv", "text\n", "no rows"),
        ("d.csv", "text\n\n \n", "no text"),
    ],
)
def test_a_broken_table_says_where(tmp_path: Path, name: str, content: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        rows(tmp_path, name, content)


@settings(deadline=None)
@given(content=st.binary() | st.text().map(str.encode), suffix=st.sampled_from([".csv", ".jsonl"]))
def test_any_bytes_end_with_rows_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / f"a{suffix}"
    path.write_bytes(b"text,title\n" + content)
    with contextlib.suppress(UserError):
        assert read_file(path)
