"""Suite 5: nothing is answered that the text does not hold, and what it holds is not refused."""

import re
from dataclasses import replace
from pathlib import Path

from chat.answer import Answer
from chat.terms import content_words
from evals.cases import load_cases
from evals.generate.facts import Fact, invented
from evals.generate.material import Plant, dice, material, planted, vocabulary
from evals.suites.answers import case_trial, refusal_score
from evals.trial import SCREENED, Round, Score, Store, Subject, Trial

FACTS = 90
OFF_TOPIC = Path(__file__).parent.parent / "cases" / "off_topic.txt"
KNOWN = 0.5  # share of an off-topic question's words that the corpus may use
REFUSED, KEPT = "unanswerable_refused", "answerable_kept"


def rounds(subject: Subject) -> list[Round]:
    """Written pairs and off-topic questions; then facts that stand in one copy and not in another.

    In the second copy all carriers of a fact are gone, while its neighbours (the same name, another
    thing said of it) stay: what is left looks as if it could answer.
    """
    own = [*_written(subject), *_off_topic(subject)]
    files, draw = material(subject, "abstention"), dice(subject, "abstention")
    if not files:
        return [Round(tuple(own))]
    facts = invented(files, subject.sample or FACTS, draw)
    near = [Plant(fact.file, _neighbour(fact)) for fact in facts]
    full = [*near, *(Plant(fact.file, fact.statement) for fact in facts)]
    with_facts = planted(files, full, dice(subject, "abstention/places"))
    without = tuple(replace(file, text=_without(file.text, facts)) for file in with_facts)
    kept = tuple(_kept(number, fact) for number, fact in enumerate(facts))
    gone = tuple(_gone(number, fact) for number, fact in enumerate(facts))
    return [Round(tuple(own)), Round(kept, with_facts), Round(gone, without)]


def _neighbour(fact: Fact) -> str:
    return f"Some readers have asked for more detail on the {fact.name} work since."


def _without(text: str, facts: list[Fact]) -> str:
    for fact in facts:
        text = re.sub(rf"\s+{re.escape(fact.statement)}", "", text)
    return text


def _kept(number: int, fact: Fact) -> Trial:
    return Trial(
        f"removed-{number:03}~twin",
        fact.question,
        (KEPT,),
        _kept_score,
        why=f"the text says: {fact.statement}",
        group=f"removed-{number:03}",
        expected=(fact.answer,),
        aside=SCREENED,
    )


def _gone(number: int, fact: Fact) -> Trial:
    return Trial(
        f"removed-{number:03}",
        fact.question,
        (REFUSED,),
        refusal_score(REFUSED, "every carrier of the fact was removed"),
        why=f"removed: {fact.statement}",
        group=f"removed-{number:03}",
        aside=SCREENED,
    )


def _kept_score(answer: Answer, _: Store) -> Score:
    """Whether it is answered at all; whether rightly is another suite's matter."""
    kept = bool(answer.statements)
    return Score(
        {KEPT: kept}, "" if kept else f"refused ({answer.status}), though it can be answered"
    )


def _written(subject: Subject) -> list[Trial]:
    trials = []
    for case in load_cases(subject.name, "abstention"):
        unanswerable = case.status == "not_found"
        score = (
            refusal_score(REFUSED, "the corpus does not hold it") if unanswerable else _kept_score
        )
        trial = case_trial(case, (REFUSED if unanswerable else KEPT,), score)
        pair = case.more.get("pair", case.id)
        trials.append(replace(trial, group=f"pair {pair}"))
    return trials


def _off_topic(subject: Subject) -> list[Trial]:
    """Everyday questions of other fields, without those that the corpus could be about."""
    known = vocabulary(material(subject, "abstention"))
    lines = OFF_TOPIC.read_text(encoding="utf-8").splitlines()
    questions = [line for line in lines if line and not line.startswith("#")]
    return [
        Trial(
            f"off-topic-{number:02}",
            question,
            (REFUSED,),
            refusal_score(REFUSED, "the corpus is about something else"),
            why="another field altogether",
            group=f"off-topic-{number:02}",
        )
        for number, question in enumerate(questions)
        if _share_known(question, known) < KNOWN
    ]


def _share_known(question: str, known: set[str]) -> float:
    words = content_words(question)
    return sum(word in known for word in words) / len(words) if words else 1.0
