"""Suite 8: the points that a good answer must have, beside its length and its support."""

from collections.abc import Callable
from dataclasses import replace

from chat.answer import Answer
from evals.cases import Case, load_cases
from evals.checks import body, problem_of_answer
from evals.suites.answers import case_trial, points
from evals.trial import Round, Score, Store, Subject


def rounds(subject: Subject) -> list[Round]:
    """One trial for each point: the rate is of points; those of a question are a cluster."""
    trials = [
        replace(
            case_trial(case, ("point_present",), _score(case, place)),
            id=f"{case.id}~{place}",
            group=case.id,
            expected=case.must[place],
        )
        for case in load_cases(subject.name, "coverage")
        for place in range(len(case.must))
    ]
    return [Round(tuple(trials))]


def _score(case: Case, place: int) -> Callable[[Answer, Store], Score]:
    def score(answer: Answer, store: Store) -> Score:
        there = points(answer, case.must)[place]
        supported = not problem_of_answer(answer, store)
        values = {"words": float(len(body(answer).split())), "both": float(there and supported)}
        return Score(
            {"point_present": there}, "" if there else f"lacks: {case.must[place][0]}", values
        )

    return score
