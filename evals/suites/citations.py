"""Suites 2, 14 and 15: what every answer must be, whatever was asked: cited, supported, plain."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chat.answer import Answer, Citation, Statement
from evals.cases import Case, load_cases
from evals.checks import QUOTED, body, cited_documents, problem_of_answer, problem_of_citation
from evals.checks import problem_of_support as unsupported
from evals.suites import retrieval
from evals.suites.answers import case_trial, points
from evals.trial import PART, UNANSWERED, Round, Row, Score, Store, Subject, Trial

ASKED = ("retrieval", "coverage", "conflict", "abstention", "stability", "attribution")
PLAIN = 8.0  # the school grade that half of the answers may not exceed
READ = 120  # questions whose answers' words are weighed


def questions(subject: Subject, suites: tuple[str, ...] = ASKED) -> list[Trial]:
    """All written questions, and the made ones of the retrieval suite; nothing is gated yet."""
    written = [
        case_trial(case, (), _coverage(case))
        for suite in suites
        for case in load_cases(subject.name, suite)
    ]
    made = [trial for trial in retrieval.rounds(subject)[0].trials if trial.id.startswith("made-")]
    return [
        *written,
        *(Trial(t.id, t.question, (), lambda *_: Score({}), t.why, t.group) for t in made),
    ]


def _coverage(case: Case) -> Callable[[Answer, Store], Score]:
    """The share of a case's points that are there; nothing is gated."""

    def score(answer: Answer, _: Store) -> Score:
        there = points(answer, case.must)
        return Score({}, values={"points": sum(there) / len(there)} if there else {})

    return score


def rounds(subject: Subject) -> list[Round]:
    """Every question: are the quotes real, and does each carry its statement?"""
    measures = ("valid_quotes", "answers_supported")
    trials = []
    for trial in questions(subject):

        def score(answer: Answer, store: Store, own: Trial = trial) -> Score:
            return _score(answer, store, own.score(answer, store))

        trials.append(replace(trial, measures=measures, score=score, aside=UNANSWERED))
    return [Round(tuple(trials))]


def settle(rows: list[Row]) -> list[Row]:
    """Beside each answer a row for each of its statements, so that both rates can be told."""
    return [part for row in rows for part in (row, *_statements(row))]


def _statements(row: Row) -> list[Row]:
    told = row.answer.get("statements", []) if row.verdicts else []
    return [_statement(row, number, statement) for number, statement in enumerate(told, 1)]


def _statement(row: Row, number: int, told: dict[str, Any]) -> Row:
    cited = tuple(Citation(**citation) for citation in told["citations"])
    problem = unsupported(Statement(told["text"], told["kind"], cited))
    return Row(
        row.suite,
        f"{row.id}{PART}{number}",
        row.question,
        {"statements_supported": not problem},
        reason=problem,
        error=row.error,
        group=row.group,
        held_out=row.held_out,
        answer={"status": row.answer["status"], "statements": [told]},
    )


def _score(answer: Answer, store: Store, coverage: Score) -> Score:
    """both: all is supported and every point is there, which neither a copier nor a refuser has."""
    invalid = [
        problem
        for statement in answer.statements
        for citation in statement.citations
        for problem in [problem_of_citation(citation, answer, store)]
        if problem
    ]
    weak = [problem for s in answer.statements for problem in [unsupported(s)] if problem]
    whole = problem_of_answer(answer, store)
    values = {
        **coverage.values,
        "words": float(len(body(answer).split())),
        "statements": float(len(answer.statements)),
    }
    if "points" in values:
        values["both"] = float(not whole and values["points"] == 1)
    verdicts = {"valid_quotes": not invalid, "answers_supported": not whole}
    problems = list(dict.fromkeys(each for each in [*invalid, *weak, whole] if each))
    return Score(verdicts, "; ".join(problems), values)


def sources_rounds(subject: Subject) -> list[Round]:
    """Suite 15: questions on every document; each cited source tells what is known of it."""
    trials = [
        replace(trial, measures=("shown_as_stored",), score=_sources, aside=UNANSWERED)
        for trial in questions(subject, ("retrieval", "coverage"))
    ]
    return [Round(tuple(trials))]


def _sources(answer: Answer, store: Store) -> Score:
    known = {document.path: document for document in store.documents()}
    for source in answer.sources:
        document = known.get(source.document)
        if document is None:
            return Score({"shown_as_stored": False}, f"{source.document} is not in the library")
        about = document.about
        stored = (about.kind, about.publisher, about.published, document.promotional)
        shown = (source.kind, source.publisher, source.published, source.promotional)
        if stored != shown:
            reason = f"{source.document}: stored {stored}, shown {shown}"
            return Score({"shown_as_stored": False}, reason)
    undated = any(
        known[path].about.published is None for path in cited_documents(answer) if path in known
    )
    told = not undated or any(notice.kind == "undated" for notice in answer.notices)
    return Score({"shown_as_stored": told}, "" if told else "a missing date is not told")


def readability_rounds(subject: Subject) -> list[Round]:
    """Suite 14: the words around the quotes, which are ours to choose."""
    trials = [
        replace(trial, measures=("plain",), score=_plain)
        for trial in questions(subject, ("retrieval", "coverage"))[:READ]
    ]
    return [Round(tuple(trials))]


def _plain(answer: Answer, _: Store) -> Score:
    texts = [own_words(statement.text) for statement in answer.statements]
    texts += [notice.text for notice in answer.notices]
    text = " ".join(part if part.rstrip().endswith(".") else part + "." for part in texts if part)
    level = grade(text)
    reason = "" if level <= PLAIN else f"reads at grade {level:.1f}"
    return Score({"plain": level <= PLAIN}, reason, {"grade": level, "words": len(text.split())})


def own_words(text: str) -> str:
    """What a statement says outside its quotation, without the name of the source in brackets."""
    outside = QUOTED.sub("", text)
    return re.sub(r"\(.*\)", "", outside) if outside != text else text


def grade(text: str) -> float:
    """The Flesch-Kincaid grade (1975); syllables are counted by groups of vowels."""
    words = re.findall(r"[A-Za-z]+", text)
    sentences = max(1, len(re.findall(r"[.!?](?:\s|$)", text)))
    if not words:
        return 0.0
    syllables = sum(_syllables(word.lower()) for word in words)
    return max(0.0, 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59)


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith("le") and groups > 1
    return max(1, groups - silent)
