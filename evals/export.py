"""All rows as JSON lines in the field names that other evaluation tools read.

ragas: user_input, response, retrieved_contexts, reference (SingleTurnSample). deepeval: input,
actual_output, retrieval_context, expected_output (LLMTestCase). inspect: input, target, metadata
(Sample). The caveat and the notices are no part of a response.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evals.suites.answers import statement_texts
from evals.trial import Row


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
        "citations": _citations(row),
        "verdicts": row.verdicts,
    }


def _ragas(row: Row) -> dict[str, Any]:
    return {
        "user_input": row.question,
        "response": _response(row),
        "retrieved_contexts": _contexts(row),
        "reference": "\n".join(row.expected),
        **_common(row),
    }


def _deepeval(row: Row) -> dict[str, Any]:
    return {
        "input": row.question,
        "actual_output": _response(row),
        "retrieval_context": _contexts(row),
        "expected_output": "\n".join(row.expected),
        "additional_metadata": _common(row),
    }


def _inspect(row: Row) -> dict[str, Any]:
    metadata = {**_common(row), "response": _response(row), "contexts": _contexts(row)}
    return {
        "id": metadata["id"],
        "input": row.question,
        "target": row.expected,
        "metadata": metadata,
    }


FORMATS: dict[str, Callable[[Row], dict[str, Any]]] = {
    "ragas": _ragas,
    "deepeval": _deepeval,
    "inspect": _inspect,
}


def export(rows: Sequence[Row], tool: str, path: Path) -> None:
    """Write one JSON object a line, in the fields of `tool`."""
    lines = [json.dumps(FORMATS[tool](row), ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8")
