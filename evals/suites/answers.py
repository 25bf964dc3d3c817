"""Scores that several suites share: a fact is answered, a refusal is right, points are there."""

from collections.abc import Callable, Sequence

from chat.answer import Answer
from evals.cases import Case
from evals.checks import (
    body,
    cited_documents,
    holds,
    problem_of_citation,
    refused,
)
from evals.trial import Row, Score, Store, Trial

HELD_OUT = ("heldout", "turns")  # halves of a written suite that nobody looks at while tuning


def points(answer: Answer, must: Sequence[Sequence[str]]) -> list[bool]:
    """For each point whether one of its wordings stands in the statements."""
    text = " ".join(body(answer).lower().split())
    return [any(" ".join(way.lower().split()) in text for way in ways) for ways in must]


def missing(answer: Answer, must: Sequence[Sequence[str]]) -> list[str]:
    """The points that are not there, each by its first wording."""
    return [ways[0] for ways, there in zip(must, points(answer, must), strict=True) if not there]


def fact_score(measure: str, wanted: str, path: str = "") -> Callable[[Answer, Store], Score]:
    """Good where the statements hold the wanted words and cite the document that has them."""

    def score(answer: Answer, store: Store) -> Score:
        reason = ""
        if refused(answer):
            reason = f"refused ({answer.status}), though the text says {wanted!r}"
        elif not holds(body(answer), wanted):
            reason = f"the answer lacks {wanted!r}"
        elif not _cited_with(answer, store, wanted, path):
            reason = f"no citation holds {wanted!r} in {path or 'its source'}"
        return Score({measure: not reason}, reason)

    return score


def _cited_with(answer: Answer, store: Store, wanted: str, path: str) -> bool:
    paths = {source.number: source.document for source in answer.sources}
    return any(
        holds(citation.quote, wanted)
        and (not path or paths.get(citation.source) == path)
        and not problem_of_citation(citation, answer, store)
        for statement in answer.statements
        for citation in statement.citations
    )


def refusal_score(measure: str, because: str) -> Callable[[Answer, Store], Score]:
    """Good where nothing of substance came back."""

    def score(answer: Answer, _: Store) -> Score:
        good = answer.status in ("not_found", "personal_advice") and not answer.statements
        return Score({measure: good}, "" if good else f"{answer.status}, though {because}")

    return score


def case_score(measure: str, case: Case, *, cite: bool = True) -> Callable[[Answer, Store], Score]:
    """Good where every point of a written case is there and one of its documents is cited."""

    def score(answer: Answer, _: Store) -> Score:
        lacking = missing(answer, case.must)
        there = len(case.must) - len(lacking)
        values = {"points": there / len(case.must)} if case.must else {}
        reason = ""
        if refused(answer):
            reason = f"refused ({answer.status})"
        elif lacking:
            reason = "lacks: " + "; ".join(lacking)
        elif cite and case.documents and not cited_documents(answer) & set(case.documents):
            reason = "cites none of " + ", ".join(case.documents)
        return Score({measure: not reason}, reason, values)

    return score


def case_trial(
    case: Case, measures: tuple[str, ...], score: Callable[[Answer, Store], Score]
) -> Trial:
    """A written case as a trial; cases on the same documents are a cluster."""
    return Trial(
        case.id,
        case.question,
        measures,
        score,
        why=case.why,
        group="+".join(case.documents) or case.id,
        history=case.history,
        expected=case.spans or tuple(ways[0] for ways in case.must),
        held_out=case.more.get("half") in HELD_OUT,
    )


def statement_texts(row: Row) -> list[str]:
    """What a row's answer says, statement by statement."""
    return [statement["text"] for statement in row.answer.get("statements", [])]
