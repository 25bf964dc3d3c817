"""Suite 17: how long an answer takes here, from the question to the whole Answer, one at a time."""

from chat.answer import Answer
from evals.suites import retrieval
from evals.trial import Round, Score, Store, Subject, Trial

MOST = 2.0  # seconds until an answer is whole
ASKED = 40


def rounds(subject: Subject) -> list[Round]:
    """Questions that no other suite has asked in these words, so that none is answered yet."""
    made = [t for t in retrieval.rounds(subject)[0].trials if t.id.startswith("made-")]
    trials = [
        Trial(f"speed-{t.id}", f"Please: {t.question}", ("in_time",), _score, t.why, t.group)
        for t in made[:ASKED]
    ]
    return [Round(tuple(trials))]


def _score(answer: Answer, _: Store) -> Score:
    taken = answer.seconds.get("total", float("inf"))
    reason = "" if taken <= MOST else f"took {taken:.1f} s"
    return Score({"in_time": taken <= MOST}, reason)
