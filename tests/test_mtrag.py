"""Conversations in MTRAG's form: how they are read, and what counts as handled."""

import json
from pathlib import Path

import pytest

from chat.answer import Answer, Notice, Turn
from evals import mtrag
from evals.scratch import scratch_library
from evals.trial import File
from ingest.errors import UserError
from tests.fakes import WordEmbedder

ROW = {
    "input": [
        {"speaker": "user", "text": "What does iron do in blood?"},
        {"speaker": "agent", "text": "It carries oxygen."},
        {"speaker": "user", "text": "Why?"},
    ],
    "contexts": [{"document_id": "1", "text": "Iron carries oxygen."}],
    "answerability": ["ANSWERABLE"],
}


@pytest.fixture
def tasks(tmp_path: Path) -> list[mtrag.Task]:
    path = tmp_path / "tasks.jsonl"
    path.write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    return mtrag.read_tasks(path)


def test_a_task_is_its_last_turn_with_the_turns_before_as_history(tasks: list[mtrag.Task]) -> None:
    assert tasks[0].question == "Why?"
    assert tasks[0].history[1] == Turn("assistant", "It carries oxygen.")
    assert mtrag.all_turns(tasks[0]) == "What does iron do in blood? Why?"


def test_recall_counts_gold_texts_among_the_first_found(tasks: list[mtrag.Task]) -> None:
    texts = ["Iron carries oxygen.", *(f"Stone number {n} is grey." for n in range(9))]
    files = [File(f"{n}.txt", text) for n, text in enumerate(texts)]
    embedder = WordEmbedder()
    with scratch_library(files, embedder) as library:
        release = library.current()
        by_path = {file.path: file.text for file in files}
        found = mtrag.recalls(tasks, release, embedder, by_path)
        release.close()
    assert found["with_contexts"] == 1
    assert found["recall_at_5_all_turns"] == 1.0


def test_a_doubtful_turn_is_handled_only_if_refused_or_asked_back() -> None:
    assert mtrag.handled(Answer("Why?", "not_found", "caveat"))
    assert mtrag.handled(Answer("Why?", "partial", "caveat", notices=(Notice("clarify", "?"),)))
    assert not mtrag.handled(Answer("Why?", "answered", "caveat"))
    assert not mtrag.handled(Answer("Why?", "error", "caveat"))


def test_another_file_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"rows": 1}\n', encoding="utf-8")
    with pytest.raises(UserError, match="does not hold MTRAG tasks"):
        mtrag.read_tasks(path)
