"""Suite 6: where two sources disagree both are shown and marked; where they agree nothing is."""

from collections.abc import Callable, Sequence

from chat.answer import Answer
from evals.cases import Case, load_cases
from evals.checks import body, cited_documents, holds
from evals.generate.facts import invented
from evals.generate.material import Plant, dice, material, planted
from evals.suites.answers import case_trial
from evals.trial import SCREENED, File, Round, Score, Store, Subject, Trial

PAIRS = 90
BOTH, CALM = "both_sides_marked", "no_false_conflict"


def rounds(subject: Subject) -> list[Round]:
    """Written pairs; planted ones that disagree, and planted controls that agree."""
    written = Round(tuple(_written(case) for case in load_cases(subject.name, "conflict")))
    files = _two(material(subject, "conflict"))
    if not files:
        return [written]
    return [written, _planted(subject, files, agree=False), _planted(subject, files, agree=True)]


def _two(files: list[File]) -> list[File]:
    """A second document where there is only one: a disagreement needs two."""
    if len(files) == 1:
        return [
            *files,
            File("another.txt", f"Another source on the same subject.\n\n{files[0].text[:2000]}"),
        ]
    return files


def _planted(subject: Subject, files: list[File], *, agree: bool) -> Round:
    kind = "agree" if agree else "differ"
    draw = dice(subject, f"conflict/{kind}")
    facts = invented(files, subject.sample or PAIRS, draw)
    plants, trials = [], []
    for number, fact in enumerate(facts):
        second = (fact.file + 1) % len(files)
        other = fact.again if agree else fact.other
        plants += [Plant(fact.file, fact.statement), Plant(second, other)]
        sides = (fact.answer, fact.rival)
        score = _calm if agree else _both(sides)
        trials.append(
            Trial(
                f"planted-{kind}-{number:03}",
                fact.question,
                (CALM if agree else BOTH,),
                score,
                why=f"{files[fact.file].path}: {fact.statement} {files[second].path}: {other}",
                group=f"{kind}-{number:03}",
                expected=sides[:1] if agree else sides,
                aside=SCREENED,
            )
        )
    return Round(tuple(trials), planted(files, plants, draw))


def _marked(answer: Answer) -> bool:
    return bool(answer.conflicts) or any(notice.kind == "conflict" for notice in answer.notices)


def _both(sides: Sequence[str]) -> Callable[[Answer, Store], Score]:
    def score(answer: Answer, _: Store) -> Score:
        lacking = [side for side in sides if not holds(body(answer), side)]
        reason = f"lacks the side {lacking[0]!r}" if lacking else ""
        if not lacking and not _marked(answer):
            reason = "shows both and does not say that they disagree"
        return Score({BOTH: not reason}, reason)

    return score


def _calm(answer: Answer, _: Store) -> Score:
    """A refusal is no calm: the control has an answer that both sources give."""
    reason = "says that sources disagree, and they agree" if _marked(answer) else ""
    if not answer.statements:
        reason = f"refused ({answer.status}), though both sources answer"
    return Score({CALM: not reason}, reason)


def _written(case: Case) -> Trial:
    disagree = bool(case.more.get("conflict"))
    score = _sides(case) if disagree else _calm
    return case_trial(case, (BOTH if disagree else CALM,), score)


def _sides(case: Case) -> Callable[[Answer, Store], Score]:
    def score(answer: Answer, _: Store) -> Score:
        cited = cited_documents(answer)
        lacking = [side for side in case.more.get("sides", []) if not cited & set(side)]
        reason = f"cites nobody of {', '.join(lacking[0])}" if lacking else ""
        if not lacking and not _marked(answer):
            reason = "cites both sides and does not say that they disagree"
        return Score({BOTH: not reason}, reason)

    return score
