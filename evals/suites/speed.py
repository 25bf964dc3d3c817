"""Suite 17: how long an answer takes here, from the question to the whole Answer, one at a time.

Beside it, ungated, how long ingesting and asking the same text takes LangChain's quickstart in the
same run: it searches, where the chat searches, reads, verifies and answers.
"""

import tempfile
from pathlib import Path

from chat.answer import Answer
from chat.caveat import caveat
from chat.settings import Settings
from evals.bench import Task, quickstart, ratios
from evals.bench import caveat as ours
from evals.generate.material import material
from evals.suites import retrieval
from evals.trial import Round, Score, Store, Subject, Trial

MOST = 2.0  # seconds until an answer is whole
ASKED = 40
BESIDE = 20  # questions that the quickstart is asked as well
MISSING = 'the quickstart is not installed: pip install -c constraints.txt ".[dev]"'


def rounds(subject: Subject) -> list[Round]:
    """Questions that no other suite has asked in these words, so that none is answered yet."""
    made = [t for t in retrieval.rounds(subject)[0].trials if t.id.startswith("made-")][:ASKED]
    trials = [
        Trial(f"speed-{t.id}", f"Please: {t.question}", ("in_time",), _score, t.why, t.group)
        for t in made
    ]
    texts = {str(n): file.text for n, file in enumerate(material(subject, "speed"))}
    task = Task(texts, {t.id: t.question for t in made[:BESIDE]}, {})
    return [Round((*trials, *([_beside(task)] if texts and made else [])), again=True)]


def _score(answer: Answer, _: Store) -> Score:
    taken = answer.seconds.get("total", float("inf"))
    reason = "" if taken <= MOST else f"took {taken:.1f} s"
    return Score({"in_time": taken <= MOST}, reason)


def _beside(task: Task) -> Trial:
    """No question: its row only carries the ratios, and counts for no gate."""

    def score(_: Answer, __: Store) -> Score:
        try:
            with tempfile.TemporaryDirectory() as scratch:
                theirs = quickstart(task, Path(scratch) / "quickstart")
                return Score({}, "", ratios(ours(task, Path(scratch)), theirs))
        except ImportError:
            return Score({}, MISSING)

    nobody = Answer("", "not_found", caveat("neutral", Settings()))
    return Trial("speed-beside", "", (), score, "the same text", made=lambda _: nobody)
