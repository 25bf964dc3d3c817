"""All rows in the field names that other evaluation tools read: JSON lines, or one JSON list.

    python -m evals export REPORT --tool ragas|deepeval|inspect --out rows.jsonl
    python -m evals export REPORT --tool deepeval --out rows.json

A file called .json holds one list, which is what deepeval's add_test_cases_from_json_file and
add_goldens_from_json_file read; any other holds one object a line, which is what ragas'
EvaluationDataset.from_jsonl and inspect's json_dataset read.
ragas: SingleTurnSample. deepeval: LLMTestCase, or Golden. inspect: Sample. The caveat and the
notices are no part of a response; a refusal has an empty one, and says so.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evals.run import write_file
from evals.suites.answers import statement_texts
from evals.trial import Row


def _question(row: Row) -> str:
    """The question by itself, as the chat understood it where others stood before it."""
    return (
        str(row.answer.get("standalone_question") or row.question) if row.history else row.question
    )


def _turns(row: Row) -> str | list[dict[str, str]]:
    """The question with the turns before it."""
    return (
        [*row.history, {"role": "user", "content": row.question}] if row.history else row.question
    )


def _response(row: Row) -> str:
    return " ".join(statement_texts(row))


def _contexts(row: Row) -> list[str]:
    return [str(passage["text"]) for passage in row.passages]


def _citations(row: Row) -> list[dict[str, Any]]:
    statements = row.answer.get("statements", [])
    return [citation for statement in statements for citation in statement["citations"]]


def _common(row: Row) -> dict[str, Any]:
    return {
        "id": f"{row.suite}/{row.id}",
        "status": row.answer.get("status", "error"),
        "refused": row.refused,
        "citations": _citations(row),
        "verdicts": row.verdicts,
        "history": row.history,
    }


def _ragas(row: Row) -> dict[str, Any]:
    return {
        "user_input": _question(row),
        "response": _response(row),
        "retrieved_contexts": _contexts(row),
        "retrieved_context_ids": [passage["id"] for passage in row.passages],
        "reference": "\n".join(row.expected) or None,
        **_common(row),
    }


def _deepeval(row: Row) -> dict[str, Any]:
    return {
        "name": f"{row.suite}/{row.id}",
        "input": _question(row),
        "actual_output": _response(row),
        "retrieval_context": _contexts(row),
        "expected_output": "\n".join(row.expected) or None,
        "additional_metadata": _common(row),
    }


def _inspect(row: Row) -> dict[str, Any]:
    metadata = {**_common(row), "response": _response(row), "contexts": _contexts(row)}
    return {
        "id": metadata["id"],
        "input": _turns(row),
        "target": row.expected,
        "metadata": metadata,
    }


FORMATS: dict[str, Callable[[Row], dict[str, Any]]] = {
    "ragas": _ragas,
    "deepeval": _deepeval,
    "inspect": _inspect,
}


def export(rows: Sequence[Row], tool: str, path: Path) -> int:
    """Write the rows in the fields of `tool`, one a line, or as a list; how many were written.

    Left out is what nobody asked: planted answers, empty messages, single statements of an answer.
    """
    asked = [row for row in rows if row.question.strip() and not row.part and row.suite != "scorer"]
    lines = [json.dumps(FORMATS[tool](row), ensure_ascii=False) for row in asked]
    listed = path.suffix.lower() == ".json"
    text = "[" + ",\n".join(lines) + "]\n" if listed else "".join(f"{line}\n" for line in lines)
    write_file(path, text)
    return len(asked)
