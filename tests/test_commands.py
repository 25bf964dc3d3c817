"""The commands as somebody types them: one line and the right exit code when something is wrong."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import chat.__main__ as chat_command
import evals.__main__ as evals_command
import ingest.__main__ as ingest_command
from chat.caveat import countries
from chat.settings import COUNTRIES, read_settings
from chat.wording import languages
from evals.run import RowFile
from ingest.errors import UserError
from ingest.library import Library
from tests.conftest import Folder

Make = Callable[..., Library]
TEA = "# Tea\n\nTea is warm. Tea is wet."


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    text = capsys.readouterr().err.strip()
    assert text.startswith("error: ")
    assert "\n" not in text
    return text


def test_a_library_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert chat_command.main(["--name", "nothing", "--ask", "Why?"]) == 1
    assert "no library 'nothing'" in said(capsys)


def test_an_empty_folder(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert ingest_command.main([str(tmp_path / "empty")]) == 1
    assert "no files" in said(capsys)
    assert not list(home.glob("*/library.sqlite"))


def test_a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest_command.main([str(tmp_path / "nowhere")]) == 1
    assert "no folder" in said(capsys)


def test_a_file_instead_of_a_folder(write: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest_command.main([str(write({"a.md": TEA}) / "a.md")]) == 1
    assert "is a file" in said(capsys)


@pytest.mark.parametrize("name", ["a/b", "../a", "a b", ".a", "x" * 65])
def test_a_name_that_no_library_can_have(
    write: Folder, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest_command.main([str(write({"a.md": TEA})), "--name", name]) == 1
    assert "cannot be the name of a library" in said(capsys)


def test_no_library_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest_command.main(["--list"]) == 0
    assert "run `python -m ingest FOLDER`" in capsys.readouterr().out


def test_a_folder_with_a_binary_file_only(
    write: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write({"a.txt": ""})
    (folder / "a.txt").write_bytes(bytes(range(256)) * 10)
    assert ingest_command.main([str(folder)]) == 1
    assert "a.txt" in said(capsys)


def test_a_place_that_cannot_be_written(
    write: Folder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("CAVEAT_HOME", str(tmp_path / "file"))
    assert ingest_command.main([str(write({"a.md": TEA}))]) == 1
    assert "CAVEAT_HOME" in said(capsys)


def test_a_report_that_cannot_be_written(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make({"a.md": TEA})
    file = tmp_path / "file"
    file.write_text("not a folder")
    report = tmp_path / "report.json"
    report.write_text('{"header": {}, "rows": []}')
    draft = ["draft", "--name", "test", "--out", str(file / "cases.jsonl")]
    export = ["export", str(report), "--out", str(file / "rows.jsonl")]
    for command in (draft, export):
        assert evals_command.main(command) == 2
        assert "--out" in said(capsys)
    with pytest.raises(UserError, match="--out"):
        RowFile(file / "rows.jsonl", resume=False)


@pytest.mark.parametrize("option", [["--name", "leaflets"], ["--release", "2"]])
def test_the_quick_slice_passes_over_no_option(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evals_command.main(["--quick", *option]) == 2
    assert option[0] in said(capsys)


@pytest.mark.parametrize("question", ["", "   ", "x" * 50_000])
def test_a_question_that_cannot_be_asked(
    make: Make, question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make({"a.md": TEA})
    assert chat_command.main(["--name", "test", "--ask", question]) == 1
    assert "question" in said(capsys)


@pytest.mark.parametrize("country", ["ZZZ", "Germany", "1", "ÄÖ", "XX", "UK"])
def test_what_is_no_country_is_refused(
    country: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chat_command.main(["--ask", "Why?", "--country", country]) == 1
    assert f"--country is '{country}': give the two letters" in said(capsys)
    monkeypatch.setenv("CAVEAT_COUNTRY", country)
    assert chat_command.main(["--ask", "Why?"]) == 1
    assert f"CAVEAT_COUNTRY is '{country}'" in said(capsys)


def test_every_country_is_taken_and_those_with_numbers_are_countries() -> None:
    assert read_settings({"CAVEAT_COUNTRY": "jp"}).country == "JP"
    assert read_settings({}).country is None
    for language in languages():
        assert set(countries(language)) <= COUNTRIES


def test_a_wrong_option_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as stopped:
        chat_command.main(["--nonsense"])
    assert stopped.value.code == 2


def test_libraries_and_releases_are_listed_as_json(
    make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    make({"a.md": TEA})
    assert ingest_command.main(["--list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"libraries": ["test"]}
    assert ingest_command.main(["--name", "test", "--list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["releases"][0]["current"] is True


def test_forgetting_by_command(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make({"a.md": TEA, "b.md": "# B\n\nCoffee is hot."})
    assert ingest_command.main(["--name", "test", "--forget", "b.md"]) == 0
    assert "b.md is gone" in capsys.readouterr().out
    assert ingest_command.main(["--name", "test", "--verify"]) == 0
