"""Ask questions of a library.

python -m chat [--name NAME] [--host 127.0.0.1] [--port 7860]    open the web chat
python -m chat --ask "QUESTION" [--history FILE] [--json]        one answer
python -m chat --batch FILE|- --json                             one answer a line, in order
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from chat.answer import Turn
from chat.pipeline import Question, open_chat
from chat.render import plain_text
from chat.settings import Settings, country_code, library_name, read_settings
from ingest.errors import UserError


def arguments() -> argparse.ArgumentParser:
    """The options of `python -m chat`."""
    parser = argparse.ArgumentParser(prog="python -m chat", description=__doc__.split("\n")[0])
    parser.add_argument("--name", help="of the library to answer from (magnesium)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--ask", metavar="QUESTION", help="answer one question")
    what.add_argument(
        "--batch",
        metavar="FILE",
        help='one question a line, or {"id": ..., "question": ..., "history": [...]}; - is stdin',
    )
    parser.add_argument(
        "--history", type=Path, help='earlier turns: [{"role": ..., "content": ...}]'
    )
    parser.add_argument("--json", action="store_true", help="print Answers as JSON")
    parser.add_argument(
        "--model", metavar="PROVIDER:NAME", help="a chat model that writes the answer"
    )
    parser.add_argument("--country", help="two letters, for emergency numbers")
    parser.add_argument("--host", default="127.0.0.1", help="of the web chat")
    parser.add_argument("--port", type=int, default=7860, help="of the web chat")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = arguments()
    given = parser.parse_args(argv)
    if given.history and given.ask is None:
        parser.error("--history goes with --ask; in a batch each line carries its own")
    try:
        return _run(given)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130


def _run(given: argparse.Namespace) -> int:
    name, settings = given.name or library_name(), _settings(given)
    if given.ask is not None:
        history = _turns(json_of(given.history)) if given.history else ()
        return _answer(given, name, settings, [Question(given.ask, history)])
    if given.batch is not None:
        return _batch(given, name, settings)
    from chat.page import serve

    serve(name, given.host, given.port, settings)
    return 0


def _settings(given: argparse.Namespace) -> Settings:
    settings = read_settings()
    country = country_code(given.country or "", "--country")
    return replace(
        settings, model=given.model or settings.model, country=country or settings.country
    )


def _answer(
    given: argparse.Namespace, name: str, settings: Settings, questions: list[Question]
) -> int:
    texts = [question.checked for question in questions]  # says so before models are loaded
    chat = open_chat(name, settings)
    for question, text in zip(questions, texts, strict=True):
        answer = chat.ask(text, question.history)
        print(answer.to_json() if given.json else plain_text(answer, settings.language), flush=True)
    return 0


def _batch(given: argparse.Namespace, name: str, settings: Settings) -> int:
    failed = 0
    with _opened(given.batch) as file:
        chat = open_chat(name, settings)
        for question, answer in chat.ask_all(_questions(file)):
            extra = {} if question.id is None else {"id": question.id}
            if given.json:
                print(json.dumps({**extra, **answer.to_dict()}, ensure_ascii=False), flush=True)
            else:
                asked = "\n".join(f"> {line}" for line in question.text.splitlines())
                print(f"{asked}\n\n{plain_text(answer, settings.language)}\n", flush=True)
            if answer.status == "error":
                failed += 1
                print(f"error: {question.problem or answer.notices[0].text}", file=sys.stderr)
    return 1 if failed else 0


def _opened(path: str) -> TextIO:
    if path == "-":
        return sys.stdin
    try:
        return Path(path).open(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise UserError(f"cannot read the questions in {path!r}: {error.strerror}") from error


def _questions(file: TextIO) -> Iterator[Question]:
    """One question a line, plain or as JSON {"id", "question", "history"}; empty ones skipped."""
    for number, line in enumerate(file, start=1):
        text = line.strip()
        if not text:
            continue
        question = Question(text)
        try:
            if text.startswith("{"):
                question = _question(text)
            _ = question.checked
        except UserError as error:
            question = replace(question, problem=f"line {number} of {file.name}: {error}")
        yield question


def _question(line: str) -> Question:
    """The question in a line of JSON, or its id and what is wrong; UserError if it is no JSON."""
    wanted = 'write {"question": "..."}, or the question without braces'
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise UserError(f"not JSON ({error.msg}, column {error.colno}); {wanted}") from error
    except (ValueError, RecursionError) as error:  # a number or a nesting without end
        raise UserError(f"not JSON ({error}); {wanted}") from error
    text, name = data.get("question"), data.get("id")
    if not isinstance(text, str):
        return Question("", id=name, problem=f"no question in this JSON; {wanted}")
    try:
        return Question(text, _turns(data.get("history") or []), name)
    except UserError as error:
        return Question(text, id=name, problem=str(error))


def json_of(path: Path) -> object:
    """What a JSON file holds; UserError if it is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {str(path)!r} as JSON: {error}") from error


def _turns(data: object) -> tuple[Turn, ...]:
    wanted = 'a list of {"role": "user" or "assistant", "content": "..."}'
    if not isinstance(data, list):
        raise UserError(f"a history must be {wanted}")
    turns = []
    for turn in data:
        if not isinstance(turn, dict) or turn.get("role") not in ("user", "assistant"):
            raise UserError(f"a history must be {wanted}")
        turns.append(Turn(turn["role"], str(turn.get("content", ""))))
    return tuple(turns)


if __name__ == "__main__":
    sys.exit(main())
