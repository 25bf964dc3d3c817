"""Conversations from a file of MTRAG tasks: are follow-ups found, and doubtful turns not answered?

    python -m evals mtrag FILE [--json]

Every context of the file becomes a document of a scratch library. Where a task names contexts, the
share of them among the first five documents found is counted for the last turn alone, for all
turns of the user, and for the stand-alone question of the chat. Turns marked unanswerable or
underspecified are asked through the chat with their history: one is handled where the status is
not_found or the chat asks back. An error counts as not handled.
"""

import argparse
import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chat.answer import Answer, Turn
from chat.pipeline import Question, chats
from chat.retrieve import rank
from chat.settings import read_settings
from chat.standalone import understood
from evals.scratch import scratch_library
from evals.statistics import recall, wilson
from evals.trial import File
from ingest.embed import Embedder, open_embedder
from ingest.errors import UserError
from ingest.library import Release

DOUBTFUL = ("UNANSWERABLE", "UNDERSPECIFIED")
FIRST = 5  # documents among which the gold ones are looked for


@dataclass(frozen=True)
class Task:
    """The last turn of a conversation, what went before, and the texts its answer rests on."""

    question: str
    history: tuple[Turn, ...]
    contexts: frozenset[str]
    kind: str


def last_turn(task: Task) -> str:
    return task.question


def all_turns(task: Task) -> str:
    asked = [turn.content for turn in task.history if turn.role == "user"]
    return " ".join([*asked, task.question])


def ours(task: Task) -> str:
    return understood(task.question, task.history).text


WAYS: dict[str, Callable[[Task], str]] = {
    "last_turn": last_turn,
    "all_turns": all_turns,
    "stand_alone": ours,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m evals mtrag`."""
    parser.add_argument("file", type=Path, help="MTRAG tasks, one JSON object a line")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Ask everything, print the figures; exit code 2 where a question ended in an error."""
    tasks = read_tasks(arguments.file)
    texts = sorted({text for task in tasks for text in task.contexts})
    files = [File(f"{number:05d}.txt", text) for number, text in enumerate(texts)]
    by_path = {file.path: file.text for file in files}
    embedder = open_embedder().load()
    with scratch_library(files, embedder) as library:
        release = library.current()
        found: dict[str, Any] = {"tasks": len(tasks), "documents": len(files)}
        found |= recalls(tasks, release, embedder, by_path)
        release.close()
        settings = replace(read_settings(), model=None)  # what is quoted, without a chat model
        with chats(settings, embedder)(library) as chat:
            doubtful = [task for task in tasks if task.kind in DOUBTFUL]
            questions = [Question(task.question, task.history) for task in doubtful]
            answers = [answer for _, answer in chat.ask_all(questions)]
    found |= handled_shares(doubtful, answers)
    print(json.dumps(found, indent=2) if arguments.json else lines(found))
    return 2 if found["errors"] else 0


def read_tasks(path: Path) -> list[Task]:
    """The tasks of a file; UserError if it is none of MTRAG's."""
    try:
        raw = [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        return [_task(json.loads(line)) for line in raw]
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise UserError(f"{path} does not hold MTRAG tasks ({error!r})") from error


def _task(row: dict[str, Any]) -> Task:
    *before, last = [
        Turn("user" if turn["speaker"] == "user" else "assistant", turn["text"])
        for turn in row["input"]
    ]
    texts = frozenset(context["text"] for context in row["contexts"])
    return Task(last.content, tuple(before), texts, row["answerability"][0])


def recalls(
    tasks: Sequence[Task], release: Release, embedder: Embedder, by_path: dict[str, str]
) -> dict[str, Any]:
    """The mean recall of each way of asking, over the tasks that name contexts."""
    known = [task for task in tasks if task.contexts]
    texts = {document.id: by_path[document.path] for document in release.documents()}
    found: dict[str, Any] = {"with_contexts": len(known)}
    for name, way in WAYS.items():
        shares = []
        for task in known:
            ranked = _ranked(way(task), release, embedder, texts)
            shares.append(recall(ranked, set(task.contexts), FIRST))
        found[f"recall_at_{FIRST}_{name}"] = round(statistics.fmean(shares), 4) if shares else None
    return found


def _ranked(
    question: str, release: Release, embedder: Embedder, texts: dict[str, str]
) -> list[str]:
    scored = rank(question, embedder.encode_queries([question])[0], release)
    passages = release.passages([key for key, _ in scored])
    return list(dict.fromkeys(texts[passage.document] for passage in passages))


def handled_shares(tasks: Sequence[Task], answers: Sequence[Answer]) -> dict[str, Any]:
    """Of each doubtful kind: how many turns were handled, of how many, with Wilson's interval."""
    found: dict[str, Any] = {"errors": sum(answer.status == "error" for answer in answers)}
    for kind in DOUBTFUL:
        rows = [
            handled(answer)
            for task, answer in zip(tasks, answers, strict=True)
            if task.kind == kind
        ]
        interval = [round(bound, 4) for bound in wilson(sum(rows), len(rows))] if rows else None
        found[kind.lower()] = {"n": len(rows), "handled": sum(rows), "interval": interval}
    return found


def handled(answer: Answer) -> bool:
    """Whether a doubtful turn was not answered as if it were fine."""
    asks_back = any(notice.kind == "clarify" for notice in answer.notices)
    return answer.status == "not_found" or asks_back


def lines(found: dict[str, Any]) -> str:
    """The report for a person."""
    return "\n".join(f"{name:24} {value}" for name, value in found.items())
