"""Suite 16: a question in other words, with slips, again or as a follow-up: the same substance."""

from collections.abc import Callable
from dataclasses import replace

from chat.answer import Answer
from evals.cases import Case, load_cases
from evals.suites.answers import missing, statement_texts
from evals.trial import Round, Row, Score, Store, Subject, Trial

SAME, FOLLOWED = "same_substance", "follow_up_kept"
BASES = ("base",)
REPEATED = "~repeat~"


def rounds(subject: Subject) -> list[Round]:
    """Written groups; the base form comes first. What is repeated is asked a second time."""
    trials = [_trial(case) for case in load_cases(subject.name, "stability")]
    again = tuple(trial for trial in trials if REPEATED in trial.id)
    return [Round(tuple(t for t in trials if REPEATED not in t.id)), Round(again, again=True)]


def _trial(case: Case) -> Trial:
    variant = str(case.more.get("variant", "base"))
    group = f"group-{case.more.get('group', case.id)}"
    measure = FOLLOWED if variant == "follow_up" else SAME
    return Trial(
        f"{group}~{variant}~{case.id}",
        case.question,
        () if variant in BASES else (measure,),
        _score(case, measure),
        why=f"{variant}: {case.why}",
        group=group,
        history=case.history,
        expected=case.spans,
    )


def _score(case: Case, measure: str) -> Callable[[Answer, Store], Score]:
    """The points that the case must have; whether the base form has them is seen in `settle`."""

    def score(answer: Answer, _: Store) -> Score:
        lacking = missing(answer, case.must)
        reason = "lacks: " + "; ".join(lacking) if lacking else ""
        base = case.more.get("variant", "base") in BASES
        return Score({} if base else {measure: not lacking}, reason, {"whole": float(not lacking)})

    return score


def settle(rows: list[Row]) -> list[Row]:
    """A variant is as good as its base form; a repeat says the very same."""
    bases = {row.group: row for row in rows if "~base~" in row.id}
    return [_compared(row, bases.get(row.group)) for row in rows]


def _compared(row: Row, base: Row | None) -> Row:
    if row.error or base is None or row.id == base.id:
        return row
    if REPEATED in row.id and statement_texts(row) != statement_texts(base):
        return row.failed(SAME, "the same question got another answer")
    if base.values.get("whole") == 0 and FOLLOWED in row.verdicts:
        verdicts = dict.fromkeys(row.verdicts, True)
        return replace(row, verdicts=verdicts, reason="its whole question lacks the point as well")
    if base.values.get("whole") == 0 and statement_texts(row) == statement_texts(base):
        verdicts = dict.fromkeys(row.verdicts, True)
        return replace(row, verdicts=verdicts, reason="as incomplete as the base form")
    return row
